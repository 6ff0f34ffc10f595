import type { Matrix } from '../matrix.ts';

/**
 * The sample that golden numbers of this package's tests were computed on, the same in numpy:
 * `i = np.arange(n)[:, None]; j = np.arange(d)[None, :]`,
 * `np.sin(a*(i+1)*(j+1)+j) + 0.3*np.cos(1.7*i-j) + shift`.
 */
export function sineGrid(count: number, features: number, a: number, shift = 0): Matrix {
  const values = Float64Array.from({ length: count * features }, (_, at) => {
    const i = Math.floor(at / features);
    const j = at % features;
    return Math.sin(a * (i + 1) * (j + 1) + j) + 0.3 * Math.cos(1.7 * i - j) + shift;
  });
  return { count, features, values };
}

/** Rows times T = [[1, .9, .2], [0, .4, .5], [0, 0, 1]]: correlated features, for shrinkage below 1. */
export function correlated({ count, values }: Matrix): Matrix {
  const out = new Float64Array(count * 3);
  for (let i = 0; i < count; i++) {
    const [a, b, c] = values.subarray(3 * i, 3 * i + 3);
    out.set([a, 0.9 * a + 0.4 * b, 0.2 * a + 0.5 * b + c], 3 * i);
  }
  return { count, features: 3, values: out };
}
