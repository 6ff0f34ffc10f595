import type { Classifier, ProbabilisticClassifier } from '@qloom/metrics/classifiers/classifier.ts';
import { PROBABILISTIC_CLASSIFIERS } from '@qloom/metrics/classifiers/classifier-table.ts';
import { fitNearestNeighbours } from '@qloom/metrics/classifiers/nearest-neighbours.ts';
import { chooseRbfSvc } from '@qloom/metrics/classifiers/rbf-svc.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** A classifier without a QNN: an arm beside the QNN's, trained on real data only. */
export interface ClassicalArm {
  /** Fits it to all labels: a function of the labels and the seed. It has class probabilities if the method has them. */
  fit(labels: Points, seed: number): Classifier & Partial<ProbabilisticClassifier>;
}

/** Number of neighbours that vote, or all labels if there are fewer. */
const NEIGHBOURS = 3;

/** The classical arms by name, in the order of the report. */
export const CLASSICAL_ARMS: Readonly<Record<string, ClassicalArm>> = {
  svc: { fit: (labels, seed) => chooseRbfSvc(labels, createRandom(seed)) },
  'nearest-neighbours': { fit: (labels) => fitNearestNeighbours(labels, Math.min(NEIGHBOURS, labels.count)) },
  lda: PROBABILISTIC_CLASSIFIERS.lda,
  mlp: PROBABILISTIC_CLASSIFIERS.mlp,
  teacher: PROBABILISTIC_CLASSIFIERS.teacher,
};
