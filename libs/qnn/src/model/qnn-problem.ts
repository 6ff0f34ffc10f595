/** One thing wrong with QNN settings. */
export interface QnnProblem {
  /** The setting, such as `layers` or `encodingOptions.axis`. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}
