import type { ConstraintReadings } from './constraints.ts';
import type { FoldLosses } from './utility.ts';

/** Numbers by name, as services report them. */
export type NamedValues = Readonly<Record<string, number>>;

/** The points that a QNN was trained on; `unknown` is an arm that a simulator of a later version has added. */
export type ArmName = 'real-only' | 'augmented' | 'synthetic-only' | 'unknown';

/** One training of the QNN, scored on held-out real points. */
interface QnnRun {
  readonly arm: ArmName;
  readonly seed: number;
  /** Loss of each held-out point. */
  readonly losses: Float64Array;
  readonly accuracy: number;
  /** Predicted class of each held-out point; null if the simulator sent none. */
  readonly predictions: Int32Array | null;
  /** Class probabilities, shape [held-out points, classes]; null if the simulator sent none. */
  readonly probabilities: Float32Array | null;
  readonly gradientSteps: number;
  readonly circuitExecutions: number;
}

/** The simulator's results on one fold. */
export interface UtilityFold {
  readonly fold: number;
  readonly runs: readonly QnnRun[];
}

/** The auditor's results on one fold; readings are null if no point was added. */
export interface FidelityFold {
  readonly fold: number;
  readonly syntheticCount: number;
  readonly readings: ConstraintReadings | null;
  readonly metrics: NamedValues;
}

/** All results of the services for an episode. */
export interface Measurement {
  /** Last losses of the fits, averaged over folds. */
  readonly fit: NamedValues;
  readonly fidelity: readonly FidelityFold[];
  readonly utility: readonly UtilityFold[];
}

/** Held-out losses and accuracies of both arms. */
export interface ArmScores {
  readonly folds: readonly FoldLosses[];
  readonly accuracyRealOnly: number;
  readonly accuracyAugmented: number;
}

/** Thrown when a report lacks data that a reward needs. */
export class IncompleteReportError extends Error {
  override readonly name = 'IncompleteReportError';
  readonly code = 'invalid';
}

/**
 * Losses of both arms, averaged over the QNN's seeds point by point. If nothing was added, the losses of real-only are
 * used for both. Throws {@link IncompleteReportError} if a fold has no real-only run, or its runs are of different
 * length.
 */
export function armScores(utility: readonly UtilityFold[]): ArmScores {
  let points = 0;
  let accuracyRealOnly = 0;
  let accuracyAugmented = 0;
  const folds = utility.map(({ fold, runs }): FoldLosses => {
    const real = runs.filter((run) => run.arm === 'real-only');
    const added = runs.filter((run) => run.arm === 'augmented');
    if (real.length === 0) throw new IncompleteReportError(`evaluate: fold ${fold} has no run with real points alone`);
    const augmented = added.length > 0 ? added : real;
    const count = real[0].losses.length;
    points += count;
    accuracyRealOnly += (count * sum(real.map((run) => run.accuracy))) / real.length;
    accuracyAugmented += (count * sum(augmented.map((run) => run.accuracy))) / augmented.length;
    return { realOnly: averagedLosses(fold, real), augmented: averagedLosses(fold, augmented) };
  });
  if (points === 0) throw new IncompleteReportError('evaluate: no fold has a held-out point');
  return { folds, accuracyRealOnly: accuracyRealOnly / points, accuracyAugmented: accuracyAugmented / points };
}

/** Losses of a fold's held-out points, averaged over trainings. Throws {@link IncompleteReportError}. */
export function averagedLosses(fold: number, runs: readonly Pick<QnnRun, 'losses'>[]): Float64Array {
  const mean = new Float64Array(runs[0].losses.length);
  for (const run of runs) {
    if (run.losses.length !== mean.length) {
      throw new IncompleteReportError(
        `evaluate: fold ${fold} has runs of ${mean.length} and of ${run.losses.length} held-out losses`,
      );
    }
    for (let i = 0; i < mean.length; i++) mean[i] += run.losses[i] / runs.length;
  }
  return mean;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
