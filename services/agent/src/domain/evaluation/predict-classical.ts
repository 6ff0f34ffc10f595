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

/** Fits a classical arm and predicts the test points. Takes up to seconds, so it runs on a thread (workers/). */
export function predictClassical({ arm, labels, test, seed }: ClassicalTask): ClassicalAnswer {
  const classifier = CLASSICAL_ARMS[arm].fit(labels, seed);
  return { predictions: classifier.predict(test), probabilities: classifier.probabilities?.(test) ?? null };
}
