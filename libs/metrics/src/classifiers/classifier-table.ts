import { runNow, type Steps } from '@qloom/datasets/split/turns.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { ProbabilisticClassifier } from './classifier.ts';
import { fitLda } from './lda.ts';
import { fitLogistic } from './logistic.ts';
import { fitMlp } from './mlp.ts';
import { createSoftmaxClassifier, type SoftmaxNetwork } from './softmax-network.ts';
import { createTeacher, fitTeacherMembers } from './teacher.ts';
import { type TrainingSample, trainingSample } from './training-sample.ts';

/** A classifier that is fitted to few labels and gives probabilities: a row of {@link PROBABILISTIC_CLASSIFIERS}. */
export interface ProbabilisticClassifierEntry {
  /** What it is, as reports name it. */
  readonly title: string;
  /** Fits it to the training points, all at once. A function of the points and the seed. Throws MetricError without points. */
  fit(training: Points, seed: number): ProbabilisticClassifier;
  /** The same in short steps, for `runInTurns`. */
  fitSteps(training: Points, seed: number): Steps<ProbabilisticClassifier>;
}

/** Classifiers by name. Each standardizes the features itself, and is fitted to at most `mostTrainingRows`. */
export const PROBABILISTIC_CLASSIFIERS = {
  lda: entry('Linear discriminant analysis', single(fitLda)),
  logistic: entry('Logistic regression', single(fitLogistic)),
  mlp: entry('Multilayer perceptron', single(fitMlp)),
  teacher: entry('Teacher: LDA, logistic regression and five MLPs', function* (sample, seed) {
    return createTeacher(yield* fitTeacherMembers(sample, seed));
  }),
} as const satisfies Record<string, ProbabilisticClassifierEntry>;

/** The name of a classifier of the table. */
export type ProbabilisticClassifierName = keyof typeof PROBABILISTIC_CLASSIFIERS;

/** Fits the teacher: {@link PROBABILISTIC_CLASSIFIERS}.teacher. */
export const fitTeacher = (training: Points, seed: number): ProbabilisticClassifier =>
  PROBABILISTIC_CLASSIFIERS.teacher.fit(training, seed);

type FitSample = (sample: TrainingSample, seed: number) => Steps<ProbabilisticClassifier>;

function entry(title: string, fitSample: FitSample): ProbabilisticClassifierEntry {
  const fitSteps = (training: Points, seed: number) => fitSample(trainingSample(training, seed), seed);
  return { title, fitSteps, fit: (training, seed) => runNow(fitSteps(training, seed)) };
}

function single(fitNetwork: (sample: TrainingSample, seed: number) => Steps<SoftmaxNetwork>): FitSample {
  return function* (sample, seed) {
    return createSoftmaxClassifier(yield* fitNetwork(sample, seed));
  };
}
