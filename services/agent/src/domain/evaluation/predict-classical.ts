import type { Classifier } from '@qloom/metrics/classifiers/classifier.ts';
import {
  PROBABILISTIC_CLASSIFIERS,
  type ProbabilisticClassifierName,
} from '@qloom/metrics/classifiers/classifier-table.ts';
import { fitNearestNeighbours } from '@qloom/metrics/classifiers/nearest-neighbours.ts';
import { chooseRbfSvc } from '@qloom/metrics/classifiers/rbf-svc.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** Task of a classical arm: fit to the labels, predict the test points. */
export interface ClassicalTask {
  /** `svc`, `nearest-neighbours`, or a row of `PROBABILISTIC_CLASSIFIERS`. */
  readonly arm: string;
  readonly labels: Points;
  readonly test: Points;
  /** Seed of the selection of settings. */
  readonly seed: number;
}

/** Predicted class of each test point. */
export function predictClassical({ arm, labels, test, seed }: ClassicalTask): Int32Array {
  return fitClassical(arm, labels, seed).predict(test);
}

/** An SVC has its settings chosen by cross-validation inside the labels; the neighbours are three. */
function fitClassical(arm: string, labels: Points, seed: number): Classifier {
  if (arm === 'svc') return chooseRbfSvc(labels, createRandom(seed));
  if (arm === 'nearest-neighbours') return fitNearestNeighbours(labels, Math.min(3, labels.count));
  return PROBABILISTIC_CLASSIFIERS[arm as ProbabilisticClassifierName].fit(labels, seed);
}
