import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { PriorDimension } from '../../../domain/choice/prior-dimension.ts';
import type { PackedTestScore } from '../../../domain/evaluation/test-score.ts';
import type { Curve } from './learning-curves.ts';

/** Counts that every job has. */
export interface Effort {
  readonly gradientSteps: number;
  readonly circuitExecutions: number;
  /** Unit: seconds. */
  readonly seconds: number;
}

/** The result of a job that cannot be done. */
export interface FailedJob {
  readonly failed: string;
  /**
   * `invalid`: a service refuses it, which ends the study. `diverged`: no finite measurement, or no point to add.
   * Absent in logs from before this field existed, where it may be either.
   */
  readonly reason?: 'invalid' | 'diverged';
}

/** An incumbent on one outer fold: losses of each held-out point, averaged over the QNN's seeds. */
export interface OuterResult extends Effort {
  readonly realOnly: readonly number[];
  readonly augmented: readonly number[];
}

/** One setting of a baseline on all reward folds. */
export interface TuneResult extends Effort {
  readonly hyperparameters: Configuration;
  /** Pooled held-out loss with the baseline's points. */
  readonly loss: number;
  /** Losses of each fold's held-out points, averaged over the QNN's seeds and packed; only in studies with a portfolio. */
  readonly losses?: readonly string[];
}

/** Real data only on all reward folds. */
export interface TuneReferenceResult extends Effort {
  /** As in {@link TuneResult}. */
  readonly losses: readonly string[];
}

/** Repeated cross-validation inside the labels of a replicate: which of them each classifier predicted right, paired. */
export interface ChoiceResult extends Effort {
  /** The generator's own classifier, one training per repeat. */
  readonly classifier: PackedTestScore;
  /** A classifier that assumes no density. */
  readonly flexible: PackedTestScore;
  /** The QNN trained on real points only. */
  readonly qnn: PackedTestScore;
  /** The QNN with points of the portfolio's alternative; absent where they are not considered. */
  readonly alternative?: PackedTestScore;
  /** Null where it could not be measured; absent in logs from before this field existed. */
  readonly dimension?: PriorDimension | null;
  readonly folds: number;
}

/** One arm on one replicate. */
export interface ReplicateResult extends Effort {
  readonly accuracy: number;
  /** Null for a classifier without a loss. */
  readonly loss: number | null;
  readonly syntheticCount: number;
  /** Fréchet distance of the arm's synthetic points to the test set; null if it adds none, or too few. */
  readonly frechet: number | null;
  /** Number of points of each sample of that distance; absent if there is none. */
  readonly frechetCount?: number;
  /**
   * Which test points were predicted right; absent if the simulator sent no predictions, and in logs from before this
   * field existed.
   */
  readonly test?: PackedTestScore;
  /**
   * Macro-averaged AUC and log loss of the class probabilities at the test points; absent if the arm has none, and in logs
   * from before these fields existed.
   */
  readonly auc?: number;
  readonly logLoss?: number;
  /** Losses along the fit of the generator and the training of the QNN; absent in logs from before this field existed. */
  readonly curves?: readonly Curve[];
  /** Only in logs from before arms without a setting were left out: why only real data was scored for the arm. */
  readonly fallback?: string;
}

/** One way to reach the target accuracy on one replicate. */
export interface PretrainedArm {
  readonly name: string;
  /** Steps until the target for each of the QNN's seeds; null where it was not reached. */
  readonly steps: readonly (number | null)[];
  /** Test accuracy after each scored step, mean over the seeds. */
  readonly accuracies: readonly number[];
}

/** The measurement of pre-training on one replicate. */
export interface PretrainingJobResult extends Effort {
  readonly arms: readonly PretrainedArm[];
}

/** The synthetic data set. */
export interface SynthesisResult {
  readonly csv: ArtifactRef;
  /** SyntheticCard as JSON. */
  readonly card: unknown;
}

/** Reads a job's result; null if the job is not done yet, or cannot be done. */
export function readJob<T>(jobs: ReadonlyMap<string, string>, name: string): T | null {
  const json = jobs.get(name);
  if (json === undefined) return null;
  const result = JSON.parse(json) as T | FailedJob;
  return isFailedJob(result) ? null : result;
}

/** Whether the result of a job says that it could not be done. */
export function isFailedJob<T>(result: T | FailedJob): result is FailedJob {
  return typeof result === 'object' && result !== null && ('failed' in result || 'fallback' in result);
}

/** Why a job could not be done; undefined if it was done, or is not done yet. */
export function failureOfJob(jobs: ReadonlyMap<string, string>, name: string): FailedJob | undefined {
  const json = jobs.get(name);
  // Called for every job at every event; only the few failed ones are parsed.
  if (json === undefined || !/"(failed|fallback)":/.test(json)) return undefined;
  const result = JSON.parse(json) as Partial<FailedJob> & Partial<ReplicateResult>;
  const failed = result.failed ?? result.fallback;
  return failed === undefined ? undefined : { failed, reason: result.reason };
}
