import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { stratifiedFolds } from '@qloom/datasets/split/stratified-folds.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, selectRows } from '@qloom/study/points/rows.ts';
import { type Matrix, matrixOf, squaredDistances } from '../matrix.ts';
import type { Classifier } from './classifier.ts';
import { fitKernelSvc } from './kernel-svc.ts';
import { atMostTrainingRows } from './training-sample.ts';

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
  const kernel = (a: Matrix, b: Matrix) => gaussianOf(squaredDistances(a, b), factor);
  const svc = fitKernelSvc(kernel(known, known), training, c);
  return { predict: (points) => svc.predict(kernel(matrixOf(points, standardizer), known), points.count) };
}

/** exp(−factor·square) of each square. */
function gaussianOf(squares: Float64Array, factor: number): Float64Array {
  const out = new Float64Array(squares.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(-factor * squares[i]);
  return out;
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
 * With a class of one point no cross-validation is possible, and the defaults are used. Of more than
 * `mostTrainingRows` points a stratified sample of so many is used for both.
 */
export function chooseRbfSvc(
  given: Points,
  random: Random,
): Classifier & { readonly options: Required<RbfSvcOptions> } {
  const training = atMostTrainingRows(given, random.fork('training rows'));
  const options = chosenOptions(training, random);
  return { ...fitRbfSvc(training, options), options };
}

function chosenOptions(training: Points, random: Random): Required<RbfSvcOptions> {
  const counts = classCounts(training).filter((count) => count > 0);
  const folds = Math.min(3, ...counts);
  if (folds < 2 || counts.length < training.classes) return { c: 1, gamma: 'scale' };
  const right = new Float64Array(COSTS.length * GAMMA_FACTORS.length);
  for (const fold of stratifiedFolds(training, folds, random)) {
    addRight(selectRows(training, fold.train), selectRows(training, fold.heldOut), right);
  }
  // The first of the highest.
  const best = right.indexOf(Math.max(...right));
  return {
    c: COSTS[Math.floor(best / GAMMA_FACTORS.length)],
    gamma: GAMMA_FACTORS[best % GAMMA_FACTORS.length] / training.features,
  };
}

/** Adds to `right`, shape [costs, factors], how many held-out points each setting predicts. All share the distances. */
function addRight(train: Points, heldOut: Points, right: Float64Array): void {
  const standardizer = fitStandardizer(train);
  const known = matrixOf(train, standardizer);
  const own = squaredDistances(known, known);
  const cross = squaredDistances(matrixOf(heldOut, standardizer), known);
  GAMMA_FACTORS.forEach((factor, g) => {
    const gamma = factor / train.features;
    const [gram, crossGram] = [gaussianOf(own, gamma), gaussianOf(cross, gamma)];
    COSTS.forEach((c, i) => {
      const predicted = fitKernelSvc(gram, train, c).predict(crossGram, heldOut.count);
      for (let row = 0; row < heldOut.count; row++) {
        if (predicted[row] === heldOut.y[row]) right[i * GAMMA_FACTORS.length + g]++;
      }
    });
  });
}
