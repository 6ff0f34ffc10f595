import type { Steps } from '@qloom/datasets/split/turns.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { ProbabilisticClassifier } from './classifier.ts';
import { fitLda } from './lda.ts';
import { fitLogistic } from './logistic.ts';
import { fitMlp } from './mlp.ts';
import { createSoftmaxClassifier, mostProbable, type SoftmaxNetwork } from './softmax-network.ts';
import type { TrainingSample } from './training-sample.ts';

/** Number of MLPs, each from a start of its own. */
const MLPS = 5;
/** Probabilities of a member are limited to [1 − this, this]: none of them can veto a class alone. */
const MOST_CERTAIN = 0.99;

/** Fits the members of the teacher: LDA, logistic regression and five MLPs. A function of the points and the seed. */
export function* fitTeacherMembers(sample: TrainingSample, seed: number): Steps<SoftmaxNetwork[]> {
  const members = [yield* fitLda(sample), yield* fitLogistic(sample)];
  const random = createRandom(seed).fork('teacher');
  for (let i = 0; i < MLPS; i++) members.push(yield* fitMlp(sample, random.seedFor(i)));
  return members;
}

/**
 * The teacher of its members: the geometric mean of their probabilities, each limited to .01 … .99 and then normalized, over
 * the classes that had training points.
 */
export function createTeacher(members: readonly SoftmaxNetwork[]): ProbabilisticClassifier {
  const [{ classes, present }] = members;
  const classifiers = members.map(createSoftmaxClassifier);
  const probabilities = (points: Points): Float64Array => {
    const each = classifiers.map((classifier) => classifier.probabilities(points));
    const out = new Float64Array(points.count * classes);
    for (let row = 0; row < points.count; row++) {
      let total = 0;
      for (const label of present) {
        const at = row * classes + label;
        let logarithm = 0;
        for (const of of each) logarithm += Math.log(Math.min(MOST_CERTAIN, Math.max(1 - MOST_CERTAIN, of[at])));
        total += out[at] = Math.exp(logarithm / each.length);
      }
      for (const label of present) out[row * classes + label] /= total;
    }
    return out;
  };
  return { probabilities, predict: (points) => mostProbable(probabilities(points), classes) };
}
