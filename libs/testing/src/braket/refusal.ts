/** An error that the emulated service answers with: the name of one of Braket's exceptions and its HTTP status. */
export class BraketRefusal extends Error {
  override readonly name = 'BraketRefusal';
  readonly status: number;
  readonly exception: string;
  /** Value of the header Retry-After. Unit: seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, exception: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.exception = exception;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What the service refuses for good. */
export const invalid = (message: string): BraketRefusal => new BraketRefusal(400, 'ValidationException', message);
