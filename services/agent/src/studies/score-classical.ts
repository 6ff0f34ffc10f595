import type { Points } from '@qloom/datasets/points.ts';
import { accuracyOf } from '@qloom/metrics/classifiers/classifier.ts';
import { fitNearestNeighbours } from '@qloom/metrics/classifiers/nearest-neighbours.ts';
import { chooseRbfSvc } from '@qloom/metrics/classifiers/rbf-svc.ts';
import { createRandom } from '@qloom/random/random.ts';

/** What a classical arm is asked: fit on the labels, predict the test points. */
export interface ClassicalTask {
  /** `svc` or `nearest-neighbours`. */
  readonly arm: string;
  readonly labels: Points;
  readonly test: Points;
  /** Seed of the choice of settings. */
  readonly seed: number;
}

/** Test accuracy in [0, 1] of an SVC with settings chosen by cross-validation inside the labels, or of three neighbours. */
export function scoreClassical({ arm, labels, test, seed }: ClassicalTask): number {
  const classifier =
    arm === 'svc' ? chooseRbfSvc(labels, createRandom(seed)) : fitNearestNeighbours(labels, Math.min(3, labels.count));
  return accuracyOf(classifier, test);
}
