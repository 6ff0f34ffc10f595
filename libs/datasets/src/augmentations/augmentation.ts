import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { FeatureRange } from '../tasks/task.ts';

/** How many synthetic points to make, and how. */
export interface AugmentationRequest {
  /** Number of points per class, shape [classes]; `synthesisPlan` makes it from a ratio. */
  readonly counts: readonly number[];
  /**
   * How far points may depart from the data; meaning and range are those of {@link Augmentation.strength}. Default: its
   * default.
   */
  readonly strength?: number;
  readonly random: Random;
  /** Shots behind each feature, where features are expectations. Needed by `shots` alone. */
  readonly shots?: number | null;
  /** Limits of the features: values beyond are set to them. Absent: no limits. */
  readonly physical?: readonly FeatureRange[];
}

/** A classical method that makes labelled points from labelled points. */
export interface Augmentation {
  readonly name: string;
  readonly title: string;
  /** Range in which to tune (on a logarithmic scale), default, and what the number means; null where it has no effect. */
  readonly strength: {
    readonly low: number;
    readonly high: number;
    readonly default: number;
    readonly meaning: string;
  } | null;
  /** Whether points are drawn from a smooth density fitted to each class. */
  readonly classDensity: boolean;
  /** Whether the features must be expectations measured with a known number of shots. */
  readonly needsShots: boolean;
  /**
   * Makes `request.counts` points, class after class. A point keeps the group of the row it came from (or, from a
   * density, of a random row of its class). Throws DatasetError where the request does not fit the data, such as a
   * class that has no row to start from.
   */
  augment(points: Points, request: AugmentationRequest): Points;
}
