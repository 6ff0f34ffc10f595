import { createRandom } from '@qloom/random/random.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import { lossCotangents } from '../engine/row-loss.ts';
import { initialParameters, logitScale } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { createAdam, createAdamState } from '../training/adam.ts';
import type { AdamStep } from '../training/adam-pullback.ts';
import { createMiniBatches } from '../training/mini-batches.ts';
import type { EncodedPoints } from '../training/train.ts';

/** One step of a training as it was taken. */
export interface RecordedStep extends AdamStep {
  /** Parameters before the step. */
  readonly parameters: Float64Array;
  /** Rows of the mini-batch, shape [batch size]. */
  readonly rows: Int32Array;
}

/** A training and its last steps. */
export interface RecordedTraining {
  /** Parameters after the last step. */
  readonly parameters: Float64Array;
  /** The last steps in the order in which they were taken. */
  readonly steps: readonly RecordedStep[];
}

/** Options of {@link recordTrainings}. */
export interface RecordingOptions {
  /** Steps of the training. */
  readonly steps: number;
  /** How many of the last steps are recorded. */
  readonly recorded: number;
}

/**
 * Trains a QNN for each seed on `training`, as `trainQnns` does: the same initial parameters and mini-batches for the same
 * seed. The last steps are recorded.
 */
export async function recordTrainings(
  compiled: CompiledCircuit,
  { loss, learningRate, batchSize }: QnnSettings,
  training: EncodedPoints,
  seeds: readonly number[],
  { steps, recorded }: RecordingOptions,
): Promise<RecordedTraining[]> {
  const size = compiled.circuit.parameters.length;
  const trainees = seeds.map((seed) => {
    const random = createRandom(seed);
    const state = createAdamState(size);
    return {
      batches: createMiniBatches(training.count, random.fork('mini-batches')),
      values: initialParameters(compiled.circuit, random.fork('parameters')),
      state,
      adam: createAdam(size, learningRate, state),
      recorded: [] as RecordedStep[],
    };
  });
  const labels = new Int32Array(seeds.length * batchSize);
  const cotangents = lossCotangents({
    kind: 'classification',
    loss,
    scale: logitScale(loss),
    rows: batchSize,
    labels,
  });
  for (let step = 0; step < steps; step++) {
    const rows = trainees.map(({ batches }) => {
      const indices = new Int32Array(batchSize);
      batches.next(indices);
      return indices;
    });
    const batch = batchOf(training, rows, labels, joined(trainees.map(({ values }) => values)));
    const { parameters: gradients } = await compiled.differentiate(batch, cotangents);
    trainees.forEach(({ values, state, adam, recorded: kept }, set) => {
      const gradient = gradients.slice(set * size, (set + 1) * size);
      const before = values.slice();
      adam.step(values, gradient);
      if (step >= steps - recorded) {
        kept.push({ parameters: before, gradient, state: state.slice(), rows: rows[set] });
      }
    });
  }
  return trainees.map(({ values, recorded: kept }) => ({ parameters: values, steps: kept }));
}

/** The rows of a mini-batch for each parameter vector; writes their labels into `labels`. */
export function batchOf(
  { angles, labels: all, count }: EncodedPoints,
  rows: readonly Int32Array[],
  labels: Int32Array,
  parameters: Float64Array,
) {
  const width = angles.length / count;
  const { length: size } = rows[0];
  const inputs = new Float64Array(rows.length * size * width);
  rows.forEach((indices, set) => {
    indices.forEach((row, i) => {
      const at = set * size + i;
      for (let j = 0; j < width; j++) inputs[at * width + j] = angles[row * width + j];
      labels[at] = all[row];
    });
  });
  return { sets: rows.length, parameters, rows: size, inputs };
}

/** Vectors of the same length, one after another. */
export function joined(vectors: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const vector of vectors) {
    out.set(vector, at);
    at += vector.length;
  }
  return out;
}
