import { type Matrix, neighbourDistances, squaredDistances } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';

/** Precision, recall, density and coverage. */
export interface ManifoldCoverage {
  /** Share of synthetic points inside some real point's ball. */
  readonly precision: number;
  /** Share of real points inside some synthetic point's ball. */
  readonly recall: number;
  /** Mean number of real balls that hold a synthetic point, over k: about 1 for equal laws, and not bounded by 1. */
  readonly density: number;
  /** Share of real points whose ball holds a synthetic point. */
  readonly coverage: number;
}

/**
 * Precision and recall (Kynkäänniemi et al., 2019), density and coverage (Naeem et al., 2020). A point's ball reaches to
 * its k-th nearest neighbour in its own sample, and is open; real points that coincide with their k-th neighbour have an
 * empty one, so it is taken as closed there. Throws MetricError with no more than k points on a side.
 */
export function manifoldCoverage(real: Matrix, synthetic: Matrix, k = 5): ManifoldCoverage {
  if (real.count <= k || synthetic.count <= k) {
    throw new MetricError(
      'k',
      `manifoldCoverage: ${real.count} real and ${synthetic.count} synthetic points for k = ${k}; give more than ${k} of each`,
    );
  }
  const realRadius = neighbourDistances(real, k);
  const syntheticRadius = neighbourDistances(synthetic, k);
  const squares = squaredDistances(real, synthetic);
  const [n, m] = [real.count, synthetic.count];
  const precise = new Uint8Array(m);
  const recalled = new Uint8Array(n);
  const covered = new Uint8Array(n);
  let balls = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const distance = Math.sqrt(squares[i * m + j]);
      if (isInside(distance, realRadius[i])) {
        precise[j] = 1;
        covered[i] = 1;
        balls++;
      }
      if (isInside(distance, syntheticRadius[j])) recalled[i] = 1;
    }
  }
  const share = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  return { precision: share(precise), recall: share(recalled), density: balls / (k * m), coverage: share(covered) };
}

function isInside(distance: number, radius: number): boolean {
  return radius > 0 ? distance < radius : distance === 0;
}
