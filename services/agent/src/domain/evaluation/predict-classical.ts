import { runNow, type Steps } from '@qloom/datasets/split/turns.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { CLASSICAL_ARMS } from './classical-table.ts';

/** Task of a classical arm: fit to the labels, predict the test points. */
export interface ClassicalTask {
  /** A name of {@link CLASSICAL_ARMS}. */
  readonly arm: string;
  readonly labels: Points;
  readonly test: Points;
  /** Seed of the fit. */
  readonly seed: number;
}

/** What a classical arm says about the test points. */
export interface ClassicalAnswer {
  /** Predicted class of each point. */
  readonly predictions: Int32Array;
  /** Class probabilities, shape [points, classes]; null if the classifier has none. */
  readonly probabilities: Float64Array | null;
}

/** Fits a classical arm and predicts the test points, in short steps. */
export function* classicalSteps({ arm, labels, test, seed }: ClassicalTask): Steps<ClassicalAnswer> {
  const classifier = yield* CLASSICAL_ARMS[arm].fitSteps(labels, seed);
  yield;
  return { predictions: classifier.predict(test), probabilities: classifier.probabilities?.(test) ?? null };
}

/** {@link classicalSteps}, all at once. */
export function predictClassical(task: ClassicalTask): ClassicalAnswer {
  return runNow(classicalSteps(task));
}
