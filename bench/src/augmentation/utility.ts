import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { stratifiedFolds } from '@qloom/datasets/split/stratified-folds.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { logitScale } from '@qloom/qnn/model/qnn-model.ts';
import { pointLoss } from '@qloom/qnn/training/loss.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, selectRows } from '@qloom/study/points/rows.ts';
import { openQnn, type Qnn, type QnnJob, train } from './qnn-arms.ts';

/** Folds of the labels, each held out once. */
const FOLDS = 5;
/** Points of the trajectory of a training at which gradients are taken, in steps, and seeds of the QNN. */
const STEPS = [40, 200];
const SEEDS = [20, 21];
/** Distance in parameters of the central difference along v. */
const EPSILON = 0.02;

/** A trained QNN and v, the gradient of its held-out loss in the parameters, scaled to length 1. */
export interface UtilityModel {
  readonly qnn: Qnn;
  readonly scaling: Standardizer;
  readonly parameters: Float64Array;
  readonly direction: Float64Array;
}

/** The utility of points. */
export interface Utility {
  /** u(x) = ⟨v, ∇_w ℓ(x, c)⟩, the mean over models: how much a step on (x, c) lowers the held-out loss. Shape [count]. */
  readonly values: Float64Array;
  /** The mean cosine of v and ∇_w ℓ(x, c): u without the size of the point's gradient. Shape [count]. */
  readonly cosines: Float64Array;
  /** ∂u/∂x in the units of the data, shape [count, features]. */
  readonly gradient: Float64Array;
}

/** Trains QNNs on folds of the labels, and takes the gradients of their losses on the points held out. */
export async function fitUtility(real: Points, random: Random): Promise<UtilityModel[]> {
  const folds = stratifiedFolds(real, Math.min(FOLDS, ...classCounts(real)), random);
  const models: UtilityModel[] = [];
  for (const steps of STEPS) {
    const qnn = await openQnn(real, { steps });
    const jobs = folds.flatMap((fold) => {
      const [points, heldOut] = [selectRows(real, fold.train), selectRows(real, fold.heldOut)];
      return SEEDS.map((seed): QnnJob => ({ real: points, points, heldOut, seed }));
    });
    const trained = await train(qnn, jobs);
    for (const [i, { parameters }] of trained.entries()) {
      const { real: points, heldOut } = jobs[i];
      const scaling = measureScaling(points, qnn.settings.encoding);
      const { gradient } = await lossGradient(qnn, parameters, scaling, heldOut);
      const length = Math.hypot(...gradient) || 1;
      models.push({ qnn, scaling, parameters, direction: gradient.map((value) => value / length) });
    }
  }
  return models;
}

/** Utility of the points, averaged over the models; by two adjoint passes each. */
export async function utilityOf(models: readonly UtilityModel[], points: Points): Promise<Utility> {
  const { count, features } = points;
  const values = new Float64Array(count);
  const cosines = new Float64Array(count);
  const gradient = new Float64Array(count * features);
  for (const { qnn, scaling, parameters, direction } of models) {
    const sizes = await gradientSizes(qnn, parameters, scaling, points);
    const [above, below] = [await sideOf(1), await sideOf(-1)];
    for (let row = 0; row < count; row++) {
      const utility = (above.losses[row] - below.losses[row]) / (2 * EPSILON);
      values[row] += utility / models.length;
      cosines[row] += utility / (sizes[row] || 1) / models.length;
    }
    for (let i = 0; i < gradient.length; i++) {
      const difference = (above.inputs[i] - below.inputs[i]) / (2 * EPSILON);
      gradient[i] += difference / scaling.scale[i % features] / models.length;
    }
    async function sideOf(sign: number) {
      const moved = parameters.map((value, i) => value + sign * EPSILON * direction[i]);
      return lossGradient(qnn, moved, scaling, points);
    }
  }
  return { values, cosines, gradient };
}

/** Loss of each point, the gradient of their mean in the parameters, and of each loss in its inputs. */
async function lossGradient(
  { compiled, settings }: Qnn,
  parameters: Float64Array,
  scaling: Standardizer,
  points: Points,
) {
  const { losses, cotangents } = lossCotangents(settings.loss, points);
  const batch = { sets: 1, parameters, rows: points.count, inputs: scaleInputs(points, scaling) };
  const got = await compiled.differentiate(batch, cotangents, { inputs: true });
  return {
    losses,
    gradient: got.parameters.map((value) => value / points.count),
    inputs: got.inputs.slice(),
  };
}

/** Length of ∇_w ℓ of each point: every point is a set of its own. */
async function gradientSizes(
  { compiled, settings }: Qnn,
  parameters: Float64Array,
  scaling: Standardizer,
  points: Points,
): Promise<Float64Array> {
  const { count } = points;
  const { cotangents } = lossCotangents(settings.loss, points);
  const repeated = new Float64Array(count * parameters.length);
  for (let row = 0; row < count; row++) repeated.set(parameters, row * parameters.length);
  const batch = { sets: count, parameters: repeated, rows: 1, inputs: scaleInputs(points, scaling) };
  const got = await compiled.differentiate(batch, (set, _, expectations, out) => cotangents(0, set, expectations, out));
  return Float64Array.from({ length: count }, (_, row) =>
    Math.hypot(...got.parameters.subarray(row * parameters.length, (row + 1) * parameters.length)),
  );
}

function lossCotangents(name: 'cross-entropy' | 'mse', { count, classes, y }: Points) {
  const loss = pointLoss(name);
  const scale = logitScale(name);
  const losses = new Float64Array(count);
  const [logits, slope] = [new Float64Array(classes), new Float64Array(classes)];
  const cotangents = (_: number, row: number, expectations: ArrayLike<number>, out: Float64Array) => {
    for (let c = 0; c < classes; c++) logits[c] = scale * expectations[c];
    losses[row] = loss(logits, y[row], slope);
    for (let c = 0; c < classes; c++) out[c] = scale * slope[c];
  };
  return { losses, cotangents };
}
