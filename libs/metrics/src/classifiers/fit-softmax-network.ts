import type { Steps } from '@qloom/datasets/split/turns.ts';
import { lbfgs } from '../minimization/lbfgs.ts';
import { type LayerSizes, layersOf, networkLoss, parameterCount } from './network-loss.ts';
import type { SoftmaxNetwork } from './softmax-network.ts';
import type { TrainingSample } from './training-sample.ts';

/** A network to fit. */
export interface NetworkFit {
  /** Hidden units; 0 for a linear classifier. */
  readonly hidden: number;
  /** α, the weight of the L2 penalty. */
  readonly alpha: number;
  /** Most steps of L-BFGS. */
  readonly steps: number;
  /** The fit ends when the largest component of the gradient is below this. */
  readonly gradientTolerance: number;
  /** Parameters to start from, given the sizes of the layers, in the order of `layersOf`. */
  start(sizes: LayerSizes): Float64Array;
}

/**
 * Minimizes `networkLoss` from the start by L-BFGS, one evaluation a step. Two classes have a single output, one class
 * needs no fit.
 */
export function* fitSoftmaxNetwork(sample: TrainingSample, fit: NetworkFit): Steps<SoftmaxNetwork> {
  const { points, present, targets, standardizer, x } = sample;
  const described = { classes: points.classes, present, standardizer };
  if (present.length === 1)
    return { ...described, layers: layersOf([x.features, 1], new Float64Array(x.features + 1)) };
  const outputs = present.length === 2 ? 1 : present.length;
  const sizes = fit.hidden > 0 ? [x.features, fit.hidden, outputs] : [x.features, outputs];
  const evaluate = networkLoss(x, targets, sizes, fit.alpha);
  const start = fit.start(sizes);
  if (start.length !== parameterCount(sizes)) {
    throw new RangeError(`fitSoftmaxNetwork: a start of ${start.length} parameters for ${parameterCount(sizes)}`);
  }
  const search = lbfgs(start, fit);
  let asked = search.next();
  while (!asked.done) {
    const evaluation = evaluate(asked.value);
    yield;
    asked = search.next(evaluation);
  }
  return { ...described, layers: layersOf(sizes, asked.value.point) };
}
