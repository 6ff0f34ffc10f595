import { type Matrix, neighbourDistances } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';
import { digamma, logUnitBallVolume } from '../special-functions.ts';

/** Distances below this count as this: copies would otherwise have entropy −∞. In units of the features given. */
const ENTROPY_DISTANCE_FLOOR = 1e-3;

/**
 * Differential entropy in nats by nearest neighbours (Kozachenko and Leonenko, 1987):
 * Ĥ = ψ(n) − ψ(k) + ln V_d + (d/n)·Σ_i ln max(ε_i, floor), with ε_i the distance to the k-th neighbour. Its bias depends
 * on n: compare samples of equal n only. Throws MetricError with no more than k points.
 */
export function knnEntropy(sample: Matrix, k = 1, floor = ENTROPY_DISTANCE_FLOOR): number {
  if (sample.count <= k) {
    throw new MetricError('sample', `sample: ${sample.count} points have no ${k}-th neighbour; give at least ${k + 1}`);
  }
  let logs = 0;
  for (const distance of neighbourDistances(sample, k)) logs += Math.log(Math.max(distance, floor));
  return (
    digamma(sample.count) - digamma(k) + logUnitBallVolume(sample.features) + (sample.features / sample.count) * logs
  );
}
