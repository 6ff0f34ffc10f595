import type { Points } from '@qloom/study/points/points.ts';
import { echoed } from '@qloom/tensor/quoted.ts';
import { CheckpointError, InvalidSampleRequestError } from './errors.ts';
import { methodNamed } from './methods/method-table.ts';
import type { Model } from './model.ts';
import type { SampleOptions, Tally } from './sampling/sample-options.ts';

/** Summary of a sampling. */
export interface SampleSummary {
  /** Points given. */
  readonly count: number;
  /** Total number of points drawn. */
  readonly drawn: number;
  /** Points that passed the gate, over points drawn; 1 where nothing was drawn or gated. */
  readonly acceptance: number;
  /** Points returned although they did not pass the gate within its limit of draws. */
  readonly forced: number;
}

/**
 * Samples from a model, class by class, in chunks of at most 256 rows. The same model, counts and seed give the same
 * points. The method `none` gives no points for any counts.
 *
 * @throws InvalidSampleRequestError for wrong counts or a class without a training point, CheckpointError for a model of
 *   another generator, CancelledError.
 */
export async function* sampleModel(model: Model, options: SampleOptions): AsyncGenerator<Points, SampleSummary> {
  requireCounts(model, options.counts);
  const tally: Tally = { count: 0, drawn: 0, passed: 0, forced: 0 };
  const method = methodNamed(model.method);
  if (method === undefined) {
    throw new CheckpointError(
      `checkpoint: a model of method ${echoed(model.method)}, which this generator does not have`,
    );
  }
  yield* method.sample(model, options, tally);
  const { count, drawn, passed, forced } = tally;
  return { count, drawn, acceptance: drawn > 0 ? passed / drawn : 1, forced };
}

function requireCounts({ training: { points } }: Model, counts: readonly number[]): void {
  if (counts.length !== points.classes) {
    throw new InvalidSampleRequestError(`class_counts: ${counts.length} counts for ${points.classes} classes`);
  }
  for (const [label, count] of counts.entries()) {
    if (!Number.isInteger(count) || count < 0) {
      throw new InvalidSampleRequestError(`class_counts: class ${label} has ${count}, not an integer of at least 0`);
    }
    if (count > 0 && !points.y.includes(label)) {
      throw new InvalidSampleRequestError(
        `class_counts: ${count} points of class ${label}, of which the model saw no training point; use 0`,
      );
    }
  }
}
