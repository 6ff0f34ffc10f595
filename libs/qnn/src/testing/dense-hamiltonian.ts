import type { Observable } from '@qloom/quantum/observables/observable.ts';

/** A real symmetric matrix, rows of numbers. */
export type DenseMatrix = number[][];

type Complex = readonly [number, number];

const PAULIS: Readonly<Record<string, readonly (readonly Complex[])[]>> = {
  I: [
    [
      [1, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [1, 0],
    ],
  ],
  X: [
    [
      [0, 0],
      [1, 0],
    ],
    [
      [1, 0],
      [0, 0],
    ],
  ],
  Y: [
    [
      [0, 0],
      [0, -1],
    ],
    [
      [0, 1],
      [0, 0],
    ],
  ],
  Z: [
    [
      [1, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [-1, 0],
    ],
  ],
};

/**
 * The matrix A + iB of an observable by Kronecker products, entry by entry; independent of the simulator. If B is not
 * 0, it is represented as [[A, −B], [B, A]], which has every eigenvalue twice.
 */
export function denseHamiltonian({ terms }: Observable, qubits: number): DenseMatrix {
  const size = 2 ** qubits;
  const matrix = Array.from({ length: 2 * size }, () => new Array<number>(2 * size).fill(0));
  for (const { coefficient, paulis } of terms) {
    const letters = paulis.padEnd(qubits, 'I');
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        let [re, im] = [coefficient, 0];
        for (let q = 0; q < qubits && (re !== 0 || im !== 0); q++) {
          const [a, b] = PAULIS[letters[q]][(row >> q) & 1][(column >> q) & 1];
          [re, im] = [re * a - im * b, re * b + im * a];
        }
        matrix[row][column] += re;
        matrix[row + size][column + size] += re;
        matrix[row][column + size] -= im;
        matrix[row + size][column] += im;
      }
    }
  }
  const isReal = matrix.slice(size).every((row) => row.slice(0, size).every((value) => value === 0));
  return isReal ? matrix.slice(0, size).map((row) => row.slice(0, size)) : matrix;
}

/**
 * The lowest eigenvalue of a symmetric matrix: Householder's reduction to tridiagonal form, then Sturm sequences (Golub and
 * Van Loan, sections 8.3 and 8.4).
 */
export function lowestEigenvalue(symmetric: DenseMatrix): number {
  const { diagonal, beside } = tridiagonal(symmetric.map((row) => [...row]));
  const reach = Math.max(...symmetric.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  let [low, high] = [-reach - 1, reach + 1];
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    let below = 0;
    let pivot = 1;
    diagonal.forEach((value, i) => {
      pivot = value - middle - (i === 0 ? 0 : beside[i - 1] ** 2 / pivot);
      if (pivot === 0) pivot = 1e-300;
      if (pivot < 0) below++;
    });
    if (below > 0) high = middle;
    else low = middle;
  }
  return high;
}

function tridiagonal(a: DenseMatrix): { diagonal: number[]; beside: number[] } {
  const n = a.length;
  for (let k = 0; k < n - 2; k++) {
    const v = new Array<number>(n).fill(0);
    for (let i = k + 1; i < n; i++) v[i] = a[i][k];
    const length = Math.hypot(...v);
    if (length === 0) continue;
    v[k + 1] += v[k + 1] < 0 ? -length : length;
    const square = v.reduce((sum, value) => sum + value * value, 0);
    const p = a.map((row) => (2 / square) * row.reduce((sum, value, j) => sum + value * v[j], 0));
    const half = p.reduce((sum, value, j) => sum + value * v[j], 0) / square;
    for (let i = 0; i < n; i++) p[i] -= half * v[i];
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a[i][j] -= v[i] * p[j] + p[i] * v[j];
  }
  return { diagonal: a.map((row, i) => row[i]), beside: a.slice(1).map((row, i) => row[i]) };
}
