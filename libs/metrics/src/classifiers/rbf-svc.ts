import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { stratifiedFolds } from '@qloom/datasets/split/stratified-folds.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { type Matrix, matrixOf, squaredDistances } from '../matrix.ts';
import { accuracyOf, type Classifier } from './classifier.ts';
import { fitKernelSvc } from './kernel-svc.ts';

/** Settings of the support vector classifier. */
export interface RbfSvcOptions {
  /** Cost of an error. Default 1. */
  readonly c?: number;
  /** γ of exp(−γ‖x − y‖²) on standardized features; `scale` is 1/(features·variance), so 1/features. Default `scale`. */
  readonly gamma?: number | 'scale';
}

/** Support vector classifier with a Gaussian kernel on features standardized by the training points. */
export function fitRbfSvc(training: Points, options: RbfSvcOptions = {}): Classifier {
  const { c = 1, gamma = 'scale' } = options;
  const standardizer = fitStandardizer(training);
  const known = matrixOf(training, standardizer);
  const factor = gamma === 'scale' ? scaleGamma(known) : gamma;
  const kernel = (a: Matrix, b: Matrix) => squaredDistances(a, b).map((square) => Math.exp(-factor * square));
  const svc = fitKernelSvc(kernel(known, known), training, c);
  return { predict: (points) => svc.predict(kernel(matrixOf(points, standardizer), known), points.count) };
}

/** 1/(features·variance of all values); 1 where nothing varies. */
function scaleGamma(x: Matrix): number {
  const mean = x.values.reduce((a, b) => a + b, 0) / x.values.length;
  const variance = x.values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.values.length;
  return variance > 0 ? 1 / (x.features * variance) : 1;
}

const COSTS = [0.1, 1, 10, 100];
const GAMMA_FACTORS = [0.1, 0.5, 1, 3];

/**
 * C in {.1, 1, 10, 100} and γ in {.1, .5, 1, 3}/features chosen by stratified cross-validation inside the training
 * points (three folds, or as many as the smallest class has points), ties to the first; then fitted on all of them.
 * With a class of one point no cross-validation is possible, and the defaults are used.
 */
export function chooseRbfSvc(
  training: Points,
  random: Random,
): Classifier & { readonly options: Required<RbfSvcOptions> } {
  const counts = new Map<number, number>();
  for (const label of training.y) counts.set(label, (counts.get(label) ?? 0) + 1);
  const folds = Math.min(3, ...counts.values());
  let best: Required<RbfSvcOptions> = { c: 1, gamma: 'scale' };
  if (folds >= 2 && counts.size === training.classes) {
    let highest = -1;
    const divided = stratifiedFolds(training, folds, random).map((fold) => ({
      train: selectRows(training, fold.train),
      heldOut: selectRows(training, fold.heldOut),
    }));
    for (const c of COSTS) {
      for (const factor of GAMMA_FACTORS) {
        const options = { c, gamma: factor / training.features };
        let right = 0;
        for (const { train, heldOut } of divided)
          right += accuracyOf(fitRbfSvc(train, options), heldOut) * heldOut.count;
        if (right > highest + 1e-9) {
          highest = right;
          best = options;
        }
      }
    }
  }
  return { ...fitRbfSvc(training, best), options: best };
}
