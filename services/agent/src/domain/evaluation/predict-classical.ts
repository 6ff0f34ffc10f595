import { fitNearestNeighbours } from '@qloom/metrics/classifiers/nearest-neighbours.ts';
import { chooseRbfSvc } from '@qloom/metrics/classifiers/rbf-svc.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** Task of a classical arm: fit to the labels, predict the test points. */
export interface ClassicalTask {
  /** `svc` or `nearest-neighbours`. */
  readonly arm: string;
  readonly labels: Points;
  readonly test: Points;
  /** Seed of the selection of settings. */
  readonly seed: number;
}

/** Predicted class of each test point, by an SVC with settings chosen by cross-validation inside the labels, or three neighbours. */
export function predictClassical({ arm, labels, test, seed }: ClassicalTask): Int32Array {
  const classifier =
    arm === 'svc' ? chooseRbfSvc(labels, createRandom(seed)) : fitNearestNeighbours(labels, Math.min(3, labels.count));
  return classifier.predict(test);
}
