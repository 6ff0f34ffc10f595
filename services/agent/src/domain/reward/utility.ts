import type { Random } from '@qloom/random/random.ts';
import { mean, standardDeviation } from '../maths/statistics.ts';

/** Held-out losses of one fold, point by point and averaged over the QNN's seeds: shape [held-out points] each. */
export interface FoldLosses {
  /** Trained on only real points. */
  readonly realOnly: Float64Array;
  /** Trained on real and synthetic points, from the same seeds and for as many steps. */
  readonly augmented: Float64Array;
}

/** U with its error. */
export interface Utility {
  /** (L[real] − L[real+synth]) / L[real], losses pooled over the points of all folds. */
  readonly value: number;
  /** Standard deviation of U over resamples of the held-out points. */
  readonly standardError: number;
  /** 95% percentile interval over the same resamples. */
  readonly interval: readonly [number, number];
  readonly lossRealOnly: number;
  readonly lossAugmented: number;
}

/** Number of resamples for a standard error. */
const RESAMPLES = 400;

/** Thrown when a loss is not finite, or a fold's two arms do not have the same points. */
export class UnusableLossesError extends Error {
  override readonly name = 'UnusableLossesError';
  readonly code = 'diverged';
}

/**
 * U and its resampled error: held-out points are drawn with replacement within each fold, a point's two losses together
 * (Efron's paired bootstrap). Throws {@link UnusableLossesError}.
 */
export function utilityOf(folds: readonly FoldLosses[], random: Random): Utility {
  folds.forEach(check);
  const points = folds.reduce((sum, fold) => sum + fold.realOnly.length, 0);
  const [lossRealOnly, lossAugmented] = pooled(folds, (_fold, i) => i, points);
  const values = Float64Array.from({ length: RESAMPLES }, () => {
    const [real, augmented] = pooled(folds, (fold) => random.integer(fold.realOnly.length), points);
    return relativeGain(real, augmented);
  }).sort();
  return {
    value: relativeGain(lossRealOnly, lossAugmented),
    standardError: standardDeviation(values),
    interval: [values[Math.floor(0.025 * RESAMPLES)], values[Math.ceil(0.975 * RESAMPLES) - 1]],
    lossRealOnly,
    lossAugmented,
  };
}

function pooled(
  folds: readonly FoldLosses[],
  pick: (fold: FoldLosses, i: number) => number,
  points: number,
): [number, number] {
  let real = 0;
  let augmented = 0;
  for (const fold of folds) {
    for (let i = 0; i < fold.realOnly.length; i++) {
      const at = pick(fold, i);
      real += fold.realOnly[at];
      augmented += fold.augmented[at];
    }
  }
  return [real / points, augmented / points];
}

/** A loss of 0 cannot be reduced; the floor keeps U finite if the QNN is already perfect. */
function relativeGain(real: number, augmented: number): number {
  return (real - augmented) / Math.max(real, 1e-6);
}

function check(fold: FoldLosses, index: number): void {
  if (fold.realOnly.length === 0 || fold.realOnly.length !== fold.augmented.length) {
    throw new UnusableLossesError(
      `fold ${index}: ${fold.realOnly.length} held-out losses with real points alone and ${fold.augmented.length} with ` +
        'synthetic ones; both arms must be scored on the same points',
    );
  }
  if (!Number.isFinite(mean(fold.realOnly)) || !Number.isFinite(mean(fold.augmented))) {
    throw new UnusableLossesError(`fold ${index}: a held-out loss is not finite`);
  }
}
