import type { Points } from '@qloom/study/points/points.ts';

/** Lowest and highest value that a feature can take; null where it has no bound. */
export interface FeatureRange {
  readonly low: number | null;
  readonly high: number | null;
}

/** Description of a task, as plain JSON. */
export interface TaskDescriptor {
  /** Name in the registry, such as `annni`. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Every setting with the value in force. */
  readonly settings: Readonly<Record<string, number | readonly string[] | null>>;
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
  /** Range of each feature: [−1, 1] for the expectation of a Pauli string. */
  readonly physical: readonly FeatureRange[];
  /** Present where features are expectations of observables: how many shots each was measured with; null if exact. */
  readonly expectations: { readonly shots: number | null } | null;
}

/** Request for points. */
export interface DrawRequest {
  /** Number of points, in equal parts per class unless `classCounts` is given. */
  readonly count: number;
  /** Seed of this draw: the same request gives the same points, in the same order, always. */
  readonly seed: number | string;
  /**
   * Purpose of the points. Each purpose has its own random stream, so that under one seed labels, test set, oracle pool,
   * unlabelled points and points of a source domain never share a point. Default `labels`.
   */
  readonly purpose?: 'labels' | 'test' | 'oracle' | 'unlabelled' | 'source';
  /**
   * Number of points of each class, shape [classes], which must sum to `count`; or `as they fall`: every point is drawn
   * without regard to its class, as an experiment at a random place would find it.
   */
  readonly classCounts?: readonly number[] | 'as they fall';
}

/** A source of fresh labelled points. */
export interface Task {
  readonly descriptor: TaskDescriptor;
  /** Draws now. Throws DatasetError when the request is invalid. */
  draw(request: DrawRequest): Points;
  /** The same points as {@link Task.draw}, giving way to the event loop at least every 50 ms. */
  drawAsync(request: DrawRequest, options?: { readonly signal?: AbortSignal }): Promise<Points>;
}
