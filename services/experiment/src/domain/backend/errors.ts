/** The backend will never accept this job: a circuit, a number of shots or a setting is wrong. The message says what would be right. */
export class JobRefusedError extends Error {
  override readonly name = 'JobRefusedError';
}

/** It is certain that the backend accepted nothing, and a later attempt may succeed. */
export class NotAcceptedError extends Error {
  override readonly name = 'NotAcceptedError';
  /** How long the backend asked to wait; undefined where it did not. Unit: milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}
