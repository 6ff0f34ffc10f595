import type { Steps } from '@qloom/datasets/split/turns.ts';
import type { Matrix } from '../matrix.ts';
import { lbfgs } from '../minimization/lbfgs.ts';
import { type LayerSizes, layersOf, networkLoss, parameterCount } from './network-loss.ts';
import type { SoftmaxNetwork } from './softmax-network.ts';
import type { TrainingSample } from './training-sample.ts';

/** A minimization of `networkLoss`. */
export interface LossMinimization {
  /** α, the weight of the L2 penalty. */
  readonly alpha: number;
  /** Most steps of L-BFGS. */
  readonly steps: number;
  /** It ends when the largest component of the gradient is below this. */
  readonly gradientTolerance: number;
  /** Parameters to start from, in the order of `layersOf`. */
  readonly start: Float64Array;
}

/** Multiplications between two steps of a minimization: about a millisecond. */
const PRODUCTS_AT_ONCE = 1_000_000;

/** Minimizes `networkLoss` by L-BFGS, in steps of a few evaluations, and returns the parameters. */
export function* minimizeNetworkLoss(
  x: Matrix,
  targets: ArrayLike<number>,
  sizes: LayerSizes,
  { alpha, start, ...limits }: LossMinimization,
): Steps<Float64Array> {
  if (start.length !== parameterCount(sizes)) {
    throw new RangeError(`minimizeNetworkLoss: a start of ${start.length} parameters for ${parameterCount(sizes)}`);
  }
  const evaluate = networkLoss(x, targets, sizes, alpha);
  const search = lbfgs(start, limits);
  const products = 2 * x.count * start.length;
  let done = 0;
  let asked = search.next();
  while (!asked.done) {
    const evaluation = evaluate(asked.value);
    done += products;
    if (done >= PRODUCTS_AT_ONCE) {
      done = 0;
      yield;
    }
    asked = search.next(evaluation);
  }
  return asked.value.point;
}

/** A network to fit. */
export interface NetworkFit extends Omit<LossMinimization, 'start'> {
  /** Hidden units; 0 for a linear classifier. */
  readonly hidden: number;
  /** Parameters to start from, given the sizes of the layers. */
  start(sizes: LayerSizes): Float64Array;
}

/** Fits a network from the start by {@link minimizeNetworkLoss}. Two classes have a single output, one class needs no fit. */
export function* fitSoftmaxNetwork(sample: TrainingSample, fit: NetworkFit): Steps<SoftmaxNetwork> {
  const { points, present, targets, standardizer, x } = sample;
  const described = { classes: points.classes, present, standardizer };
  if (present.length === 1)
    return { ...described, layers: layersOf([x.features, 1], new Float64Array(x.features + 1)) };
  const outputs = present.length === 2 ? 1 : present.length;
  const sizes = fit.hidden > 0 ? [x.features, fit.hidden, outputs] : [x.features, outputs];
  const parameters = yield* minimizeNetworkLoss(x, targets, sizes, { ...fit, start: fit.start(sizes) });
  return { ...described, layers: layersOf(sizes, parameters) };
}
