/** One problem of QNN settings. */
export interface QnnProblem {
  /** The setting, such as `layers` or `encodingOptions.axis`. */
  readonly field: string;
  /** What is wrong and what is allowed. */
  readonly message: string;
}
