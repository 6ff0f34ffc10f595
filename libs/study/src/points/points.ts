/** Labelled points: `count` rows of `features` columns. The only representation of data inside a process. */
export interface Points {
  /** Number of rows. */
  readonly count: number;
  /** Number of columns of `x`. */
  readonly features: number;
  /** Number of classes; labels are 0 … classes − 1, and a class may have no row. */
  readonly classes: number;
  /** float32, row-major, shape [count, features]. */
  readonly x: Float32Array;
  /** Class of each row, shape [count]. */
  readonly y: Int32Array;
  /** Group of each row (for imbalance between groups), shape [count]; absent if the data has none. */
  readonly group?: Int32Array;
}

/** Points from their source, in float64, before `feature-units.ts` chooses units for which float32 suffices. */
export interface SourcePoints extends Omit<Points, 'x'> {
  /** float64, row-major, shape [count, features]. */
  readonly x: Float64Array;
}

/** Points without labels. */
export type UnlabelledPoints = Pick<Points, 'count' | 'features' | 'x'>;
