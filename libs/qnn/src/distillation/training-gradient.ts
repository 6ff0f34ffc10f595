import type { CompiledCircuit } from '../engine/engine.ts';
import { lossCotangents } from '../engine/row-loss.ts';
import { logitScale } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { type AdamCotangents, pullBackAdam } from '../training/adam-pullback.ts';
import { pointLoss } from '../training/loss.ts';
import type { EncodedPoints } from '../training/train.ts';
import { batchOf, joined, type RecordedTraining, type RecordingOptions, recordTrainings } from './recorded-training.ts';

/** Length of the step in parameters of the central differences. Errors are about 1e-9 of a gradient, in float64. */
const STEP = 1e-4;

/** The loss that trainings lead to on other points, and its derivatives. Means over the trainings. */
export interface TrainingGradient {
  /** Mean loss on the held-out points after the training. */
  readonly loss: number;
  /** Derivative of `loss` in the angles of the training points, shape [points, inputs of the circuit]. */
  readonly training: Float64Array;
  /** Derivative of `loss` in the angles of the held-out points, shape [points, inputs of the circuit]. */
  readonly heldOut: Float64Array;
}

/** The trainings of {@link trainingGradient}. */
export interface DifferentiatedTraining extends RecordingOptions {
  readonly training: EncodedPoints;
  readonly heldOut: EncodedPoints;
  /** A training for each. */
  readonly seeds: readonly number[];
}

/**
 * The utility gradient of training points: the derivative of the held-out loss after a training in the places of the points
 * that it trains on, through the steps of Adam (Maclaurin, Duvenaud and Adams, "Gradient-based hyperparameter optimization
 * through reversible learning", ICML 2015). Steps before the last `recorded` ones count as constant.
 *
 * Backwards, a step needs ∂/∂w and ∂/∂x of ⟨ḡ, ∇_w ℓ(w, x)⟩, where ḡ is the derivative in its gradient: a central difference
 * of two adjoint passes along ḡ, [∂ℓ(w + εḡ) − ∂ℓ(w − εḡ)]/2ε. The engine must compute in float64.
 */
export async function trainingGradient(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  { training, heldOut, seeds, steps, recorded }: DifferentiatedTraining,
): Promise<TrainingGradient> {
  const trained = await recordTrainings(compiled, settings, training, seeds, { steps, recorded });
  const end = await heldOutGradient(compiled, settings, heldOut, trained);
  const gradient = await pullBack(compiled, settings, training, trained, end.parameters);
  const perTraining = gradient.map((value) => value / seeds.length);
  return { loss: end.loss, training: perTraining, heldOut: end.heldOut };
}

/** The mean held-out loss, its derivatives in the angles, and that of each training in its parameters. */
async function heldOutGradient(
  compiled: CompiledCircuit,
  { loss: name }: QnnSettings,
  { count: rows, angles: inputs, labels }: EncodedPoints,
  trained: readonly RecordedTraining[],
) {
  const scale = logitScale(name);
  const repeated = Int32Array.from({ length: trained.length * rows }, (_, i) => labels[i % rows]);
  const cotangents = lossCotangents({ kind: 'classification', loss: name, scale, rows, labels: repeated });
  const parameters = joined(trained.map((one) => one.parameters));
  const batch = { sets: trained.length, parameters, rows, inputs, sharedInputs: true };
  const got = await compiled.differentiate(batch, cotangents, { inputs: true });
  const heldOut = new Float64Array(inputs.length);
  for (let i = 0; i < got.inputs.length; i++) heldOut[i % inputs.length] += got.inputs[i] / trained.length;
  const loss = pointLoss(name);
  const classes = compiled.observables.length;
  const [logits, slopes] = [new Float64Array(classes), new Float64Array(classes)];
  let total = 0;
  for (let i = 0; i < repeated.length; i++) {
    for (let c = 0; c < classes; c++) logits[c] = scale * got.expectations[i * classes + c];
    total += loss(logits, repeated[i], slopes) / repeated.length;
  }
  const size = compiled.circuit.parameters.length;
  return {
    loss: total,
    heldOut,
    parameters: trained.map((_, set) => got.parameters.slice(set * size, (set + 1) * size)),
  };
}

/** Derivative of Σ_trainings ⟨end, parameters after the training⟩ in the angles of the training points. */
async function pullBack(
  compiled: CompiledCircuit,
  { loss, learningRate, batchSize }: QnnSettings,
  training: EncodedPoints,
  trained: readonly RecordedTraining[],
  end: readonly Float64Array[],
): Promise<Float64Array> {
  const out = new Float64Array(training.angles.length);
  const width = out.length / training.count;
  const size = compiled.circuit.parameters.length;
  const carried = end.map(
    (values): AdamCotangents => ({ values, first: new Float64Array(size), second: new Float64Array(size) }),
  );
  const labels = new Int32Array(2 * trained.length * batchSize);
  const scale = logitScale(loss);
  const cotangents = lossCotangents({ kind: 'classification', loss, scale, rows: batchSize, labels });
  for (let step = trained[0].steps.length - 1; step >= 0; step--) {
    const taken = trained.map(({ steps }) => steps[step]);
    const along = taken.map((one, set) => pullBackAdam(one, carried[set], learningRate));
    const lengths = along.map((direction) => Math.hypot(...direction) || 1);
    const sides = [1, -1].flatMap((sign) =>
      taken.map(({ parameters }, set) =>
        parameters.map((value, i) => value + (sign * STEP * along[set][i]) / lengths[set]),
      ),
    );
    const rows = [...taken, ...taken].map((one) => one.rows);
    const batch = batchOf(training, rows, labels, joined(sides));
    const got = await compiled.differentiate(batch, cotangents, { inputs: true });
    carried.forEach(({ values }, set) => {
      const factor = lengths[set] / (2 * STEP);
      const other = (trained.length + set) * size;
      for (let i = 0; i < size; i++) {
        values[i] += factor * (got.parameters[set * size + i] - got.parameters[other + i]);
      }
      const [above, below] = [set * batchSize * width, (trained.length + set) * batchSize * width];
      taken[set].rows.forEach((row, r) => {
        for (let j = 0; j < width; j++) {
          const at = r * width + j;
          out[row * width + j] += factor * (got.inputs[above + at] - got.inputs[below + at]);
        }
      });
    });
  }
  return out;
}
