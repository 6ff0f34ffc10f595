import { createRandom } from '@qloom/random/random.ts';
import { diversityLoss, nearestNeighbourEntropy } from './diversity.ts';
import { klLoss } from './kl.ts';
import { type Matrix, matrix } from './matrix.ts';
import { momentLoss, momentTarget } from './moments.ts';
import { reconstructionLoss } from './reconstruction.ts';

const random = createRandom('losses');
const normal = (rows: number, columns: number, scale = 1) =>
  matrix(rows, columns, random.normals(rows * columns, scale));

/** Greatest difference between the gradient and central differences, over the gradient's greatest component. */
function gradientError(at: Matrix, loss: (points: Matrix, weight: number, gradient: Matrix) => number): number {
  const gradient = matrix(at.rows, at.columns);
  loss(at, 0.7, gradient);
  const value = (index: number, shift: number) => {
    const moved = Float32Array.from(at.data);
    moved[index] += shift;
    return { x: moved[index], loss: loss(matrix(at.rows, at.columns, moved), 0, matrix(at.rows, at.columns)) };
  };
  let worst = 0;
  for (let i = 0; i < at.data.length; i++) {
    const up = value(i, 1e-3);
    const down = value(i, -1e-3);
    worst = Math.max(worst, Math.abs((0.7 * (up.loss - down.loss)) / (up.x - down.x) - gradient.data[i]));
  }
  return worst / Math.max(...gradient.data.map(Math.abs));
}

// Central differences of a float64 loss at h = 1e-3, on points rounded to float32 whose actual distance is used:
// correct to about h² times the third derivative, up to 10³ near a neighbour, relative to the largest.
const TOLERANCE = 2e-3;

describe('the gradients of the losses agree with central differences', () => {
  it('reconstruction', () => {
    const original = normal(5, 3);
    expect(gradientError(normal(5, 3), (x, w, g) => reconstructionLoss(x, original, w, g))).toBeLessThan(TOLERANCE);
  });

  it('kl', () => {
    expect(gradientError(normal(5, 6), (x, w, g) => klLoss(x, 4, w, g))).toBeLessThan(TOLERANCE);
  });

  it('diversity', () => {
    expect(gradientError(normal(9, 3, 0.5), (x, w, g) => diversityLoss(3, x, w, g))).toBeLessThan(TOLERANCE);
  });

  it('moments with more features than have products of pairs', () => {
    const target = momentTarget(
      normal(20, 65),
      Int32Array.from({ length: 20 }, (_, i) => i % 2),
      2,
    );
    const labels = Int32Array.of(0, 1, 0, 1);
    const error = gradientError(normal(4, 65), (x, w, g) => momentLoss(target, x, labels, w, g));
    expect(error).toBeLessThan(TOLERANCE);
  });

  it('moments', () => {
    const labels = Int32Array.of(0, 1, 0, 1, 2, 0, 1, 0);
    const target = momentTarget(
      normal(30, 3),
      Int32Array.from({ length: 30 }, (_, i) => i % 3),
      3,
    );
    const error = gradientError(normal(8, 3), (x, w, g) => momentLoss(target, x, labels, w, g));
    expect(error).toBeLessThan(TOLERANCE);
  });
});

describe('klLoss', () => {
  it('is 0 if the posterior equals the prior', () => {
    expect(klLoss(matrix(3, 4), 4, 1, matrix(3, 4))).toBe(0);
  });
});

describe('diversityLoss', () => {
  it('grows by F log 2 when the points shrink by half, and is 0 for more entropy than that of the real points', () => {
    const points = normal(20, 4);
    const half = matrix(
      20,
      4,
      points.data.map((x) => x / 2),
    );
    const entropy = nearestNeighbourEntropy(points);
    // Halving is exact in float32; the logarithms of distances are float64's.
    expect(diversityLoss(entropy, half, 1, matrix(20, 4))).toBeCloseTo(4 * Math.LN2, 5);
    expect(diversityLoss(nearestNeighbourEntropy(half), points, 1, matrix(20, 4))).toBe(0);
  });

  it('stays finite where points coincide', () => {
    const gradient = matrix(4, 2);
    expect(diversityLoss(0, matrix(4, 2), 1, gradient)).toBeCloseTo(-2 * Math.log(1e-3), 6);
    expect([...gradient.data]).toEqual(new Array(8).fill(0));
  });
});

describe('momentLoss', () => {
  it('has mean 0 over batches from the real distribution, and a larger mean for another distribution', () => {
    const labels = (n: number) => Int32Array.from({ length: n }, (_, i) => i % 2);
    const target = momentTarget(normal(20_000, 3), labels(20_000), 2);
    const mean = (scale: number) => {
      let sum = 0;
      for (let i = 0; i < 400; i++) sum += momentLoss(target, normal(16, 3, scale), labels(16), 0, matrix(16, 3)) / 400;
      return sum;
    };
    // The standard error of the first is about .006; collapsed points have E φ far from the real one.
    expect(Math.abs(mean(1))).toBeLessThan(0.03);
    expect(mean(0.3)).toBeGreaterThan(0.1);
  });
});
