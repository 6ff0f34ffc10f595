/** An error that the emulated service answers with, in IonQ's envelope. */
export class IonqRefusal extends Error {
  override readonly name = 'IonqRefusal';
  readonly status: number;
  /** Short name of the status, such as "Bad Request Error". */
  readonly error: string;
  /** Value of the header Retry-After. Unit: seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, error: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.error = error;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What the service refuses for good. */
export const invalid = (message: string): IonqRefusal => new IonqRefusal(400, 'Bad Request Error', message);

/** What is not there. */
export const notFound = (what: string): IonqRefusal => new IonqRefusal(404, 'Not Found Error', `${what} not found`);
