import { createRandom } from '@qloom/random/random.ts';
import type { Matrix } from '../matrix.ts';
import { sineGrid } from '../testing/golden-samples.ts';
import { intrinsicDimension } from './intrinsic-dimension.ts';

/** `count` rows in `features` dimensions on a linear image of a cube of `dimension` dimensions. */
function cube(count: number, dimension: number, features: number, seed: number): Matrix {
  const random = createRandom(seed);
  const map = Float64Array.from({ length: dimension * features }, () => random.normal());
  const values = new Float64Array(count * features);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++) {
      const at = random.uniform();
      for (let j = 0; j < features; j++) values[i * features + j] += at * map[k * features + j];
    }
  }
  return { count, features, values };
}

describe('intrinsicDimension', () => {
  it('agrees with numpy and scipy', () => {
    // r = np.sort(cdist(X, X), 1); (len(X) - 1)/np.log(r[:, 2]/r[:, 1]).sum()
    expect(intrinsicDimension(sineGrid(12, 3, 0.7))).toBeCloseTo(4.441094778037867, 9);
    expect(intrinsicDimension(sineGrid(15, 3, 1.3, 0.4))).toBeCloseTo(2.3525486232850166, 9);
  });

  it.each([1, 2, 3])('is %i for points of so many dimensions in eight features', (dimension) => {
    const means = Array.from({ length: 20 }, (_, seed) => intrinsicDimension(cube(200, dimension, 8, seed)) ?? 0);
    const mean = means.reduce((sum, value) => sum + value / 20, 0);
    // The estimate has a relative error of about 1/√200 for independent ratios, .016 over 20 samples, and points at the edge of the cube
    // lower it by some hundredths.
    expect(Math.abs(mean / dimension - 1)).toBeLessThan(0.1);
  });

  it('does not depend on unit or place', () => {
    const sample = cube(40, 2, 4, 1);
    const own = intrinsicDimension(sample) ?? 0;
    expect(own).toBeGreaterThan(0);
    const moved = { ...sample, values: sample.values.map((value) => 1e-3 * value + 5) };
    // Differences of numbers near 5 keep twelve digits of 1e-3.
    expect(intrinsicDimension(moved)).toBeCloseTo(own, 6);
  });

  it('is null for too few different rows, and on a grid', () => {
    const line = (...values: number[]): Matrix => ({
      count: values.length,
      features: 1,
      values: Float64Array.from(values),
    });
    expect(intrinsicDimension(line(0, 1))).toBeNull();
    expect(intrinsicDimension(line(0, 0, 0, 0, 1, 1))).toBeNull();
    const grid = Float64Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 4 : i >> 3));
    expect(intrinsicDimension({ count: 16, features: 2, values: grid })).toBeNull();
  });
});
