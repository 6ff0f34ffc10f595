import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { PackedTestScore } from '../../../domain/evaluation/test-score.ts';

/** What every job counts. */
export interface Effort {
  readonly gradientSteps: number;
  readonly circuitExecutions: number;
  /** Unit: seconds. */
  readonly seconds: number;
}

/** A job that cannot be done. */
export interface FailedJob {
  readonly failed: string;
  /**
   * `invalid`: a service refuses it, which ends the study. `diverged`: there is nothing finite to measure, or nothing to
   * add. Absent in logs of before this field, where either may have been meant.
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
}

/** One arm on one replicate. */
export interface ReplicateResult extends Effort {
  readonly accuracy: number;
  /** Null for a classifier without one. */
  readonly loss: number | null;
  readonly syntheticCount: number;
  /** Fréchet distance of the arm's synthetic points to the test set; null where it adds none, or too few. */
  readonly frechet: number | null;
  /** Points on either side of that distance; absent where there is none. */
  readonly frechetCount?: number;
  /** Which test points were predicted right; absent where the simulator sent no predictions, and in logs of before this field. */
  readonly test?: PackedTestScore;
  /** In logs of before arms without a setting were left out: why real data alone was scored in the arm's name. */
  readonly fallback?: string;
}

/** The synthetic data set. */
export interface SynthesisResult {
  readonly csv: ArtifactRef;
  /** SyntheticCard as JSON. */
  readonly card: unknown;
}

/** Reads a job's result; null where the job is not done yet or could not be. */
export function readJob<T>(jobs: ReadonlyMap<string, string>, name: string): T | null {
  const json = jobs.get(name);
  if (json === undefined) return null;
  const result = JSON.parse(json) as T | FailedJob;
  return isFailed(result) ? null : result;
}

function isFailed<T>(result: T | FailedJob): result is FailedJob {
  return typeof result === 'object' && result !== null && ('failed' in result || 'fallback' in result);
}

/** Why a job could not be done; undefined where it was, or is not yet. */
export function failureOfJob(jobs: ReadonlyMap<string, string>, name: string): FailedJob | undefined {
  const json = jobs.get(name);
  // Asked of every job at every event, and true of few: only those are parsed.
  if (json === undefined || !/"(failed|fallback)":/.test(json)) return undefined;
  const result = JSON.parse(json) as Partial<FailedJob> & Partial<ReplicateResult>;
  const failed = result.failed ?? result.fallback;
  return failed === undefined ? undefined : { failed, reason: result.reason };
}
