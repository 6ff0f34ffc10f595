/** Description of the columns and classes of points. A list is empty, or has an entry for each feature or class. */
export interface DataDescription {
  /** Names of the features; empty if they have none. */
  readonly featureNames: readonly string[];
  /** Lower and upper bound of each feature, in the units of the points; empty: unbounded. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /**
   * Number of measurements of each feature, if features are expectations from finite shots; 0: exact, or not
   * expectations.
   */
  readonly shots: number;
  /** Whether features are expectations of Pauli operators. */
  readonly pauliExpectations: boolean;
}
