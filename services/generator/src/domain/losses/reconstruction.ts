import type { Matrix } from './matrix.ts';

/**
 * Mean squared error (1/nF) Σ_ij (x̂_ij − x_ij)² of reconstructions x̂ against their originals x.
 * Adds `weight` times its gradient with respect to x̂ to `gradient` and returns the unweighted value.
 */
export function reconstructionLoss(made: Matrix, original: Matrix, weight: number, gradient: Matrix): number {
  const total = made.data.length;
  let sum = 0;
  for (let i = 0; i < total; i++) {
    const error = made.data[i] - original.data[i];
    sum += error * error;
    gradient.data[i] += (2 * weight * error) / total;
  }
  return sum / total;
}
