import type { Steps } from '@qloom/datasets/split/turns.ts';
import type { Classifier, ProbabilisticClassifier } from '@qloom/metrics/classifiers/classifier.ts';
import { PROBABILISTIC_CLASSIFIERS } from '@qloom/metrics/classifiers/classifier-table.ts';
import { fitNearestNeighbours } from '@qloom/metrics/classifiers/nearest-neighbours.ts';
import { chooseRbfSvc } from '@qloom/metrics/classifiers/rbf-svc.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** A classifier, with class probabilities if it has them. */
type FittedClassifier = Classifier & Partial<ProbabilisticClassifier>;

/** A classifier without a QNN: an arm beside the QNN's, trained on real data only. */
export interface ClassicalArm {
  /** Fits it to all labels in short steps, as a function of the labels and the seed. */
  fitSteps(labels: Points, seed: number): Steps<FittedClassifier>;
}

/** Number of neighbours that vote, or all labels if there are fewer. */
const NEIGHBOURS = 3;

/** The classical arms by name, in the order of the report. */
export const CLASSICAL_ARMS: Readonly<Record<string, ClassicalArm>> = {
  svc: atOnce((labels, seed) => chooseRbfSvc(labels, createRandom(seed))),
  'nearest-neighbours': atOnce((labels) => fitNearestNeighbours(labels, Math.min(NEIGHBOURS, labels.count))),
  lda: PROBABILISTIC_CLASSIFIERS.lda,
  mlp: PROBABILISTIC_CLASSIFIERS.mlp,
  teacher: PROBABILISTIC_CLASSIFIERS.teacher,
};

function atOnce(fit: (labels: Points, seed: number) => FittedClassifier): ClassicalArm {
  return {
    // biome-ignore lint/correctness/useYield: one step.
    *fitSteps(labels, seed) {
      return fit(labels, seed);
    },
  };
}
