/** What the columns and classes of points are. A list is empty, or has an entry for each feature or class. */
export interface DataDescription {
  /** Names of the features; empty where they have none. */
  readonly featureNames: readonly string[];
  /** Least and greatest possible value of each feature, in the units of the points; empty: unbounded. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Measurements behind each feature, where features are expectations from finite shots; 0: exact, or no expectations. */
  readonly shots: number;
  /** Whether features are expectations of Pauli operators. */
  readonly pauliExpectations: boolean;
}
