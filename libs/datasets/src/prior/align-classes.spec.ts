import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { alignClasses } from './align-classes.ts';
import { classMoments } from './within-class-covariance.ts';

/** `each` standard normal points of each of two classes in three features, moved by `by`. */
function cloud(each: number, by: number, seed: number): Points {
  const random = createRandom(seed);
  const count = 2 * each;
  const x = Float32Array.from({ length: 3 * count }, () => random.normal() + by);
  return { count, features: 3, classes: 2, x, y: Int32Array.from({ length: count }, (_, i) => i % 2) };
}

describe('alignClasses', () => {
  it('agrees with the formula computed by numpy', () => {
    // import numpy as np; from sklearn.covariance import LedoitWolf
    // X = np.array([[0,1],[2,0],[1,3],[4,4],[6,5],[5,8]],float); y = [0,0,0,1,1,1]; S = np.array([[3,0],[1,2],[7,9],[9,9]],float)
    // D = np.r_[X[:3]-X[:3].mean(0), X[3:]-X[3:].mean(0)]; P = LedoitWolf(assume_centered=True).fit(D).covariance_*6/4
    // d = [X[:3].mean(0)-S[:2].mean(0), X[3:].mean(0)-S[2:].mean(0)]
    // t = sum(v @ np.linalg.solve(P, v)/(1/3+1/2) for v in d); w = max(0, 1-(4-2)/t)
    const labelled = pointsOf([[0, 1], [2, 0], [1, 3], [4, 4], [6, 5], [5, 8]], [0, 0, 0, 1, 1, 1]); // biome-ignore format: rows
    const source = pointsOf([[3, 0], [1, 2], [7, 9], [9, 9]], [0, 0, 1, 1]); // biome-ignore format: rows
    const { points, weight } = alignClasses(source, labelled);
    expect(weight).toBeCloseTo(0.8327943711, 6);
    const shift = [-1, 1 / 3, -3, -10 / 3];
    [...points.x].forEach((value, i) => {
      expect(value).toBeCloseTo(source.x[i] + weight * shift[2 * source.y[i >> 1] + (i % 2)], 5);
    });
  });

  it('moves the points to the means of the labelled ones if the domains are far apart', () => {
    const labelled = cloud(50, 20, 1);
    const { points, weight } = alignClasses(cloud(200, 0, 2), labelled);
    expect(weight).toBeGreaterThan(0.999);
    const [moved, wanted] = [points, labelled].map((of) => classMoments(of).means[1] as Float64Array);
    // The remaining thousandth of a distance of 20 at most, and float32.
    moved.forEach((value, j) => {
      expect(Math.abs(value - wanted[j])).toBeLessThan(0.021);
    });
  });

  it('hardly moves points of the same distribution, on the average over draws', () => {
    const weights = Array.from({ length: 200 }, (_, i) => alignClasses(cloud(200, 0, 1000 + i), cloud(8, 0, i)).weight);
    // E[max(0, 1 − 4/χ²)] = .271 for six differences; P is estimated from 14 degrees of freedom, which adds a little. Five
    // standard errors of 200 weights within [0, 1] are below .15.
    expect(weights.reduce((sum, w) => sum + w / 200, 0)).toBeLessThan(0.45);
  });

  it('leaves a class alone that has no labelled points', () => {
    const labelled = { ...cloud(4, 3, 1), classes: 3 };
    const source = { ...cloud(4, 0, 2), classes: 3, y: Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1) };
    const { points } = alignClasses(source, labelled);
    expect([...points.x.subarray(6, 9)]).toEqual([...source.x.subarray(6, 9)]);
    expect(points.x[0]).not.toBe(source.x[0]);
  });
});

function pointsOf(rows: number[][], labels: number[]): Points {
  const x = Float32Array.from(rows.flat());
  return { count: rows.length, features: 2, classes: 2, x, y: Int32Array.from(labels) };
}
