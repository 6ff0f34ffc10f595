/** Codes of IBM's error registry that the emulator answers with. */
export const ERROR_CODES = {
  /** The job is not valid on this backend. */
  invalidJob: 1002,
  backendNotFound: 1007,
  notAuthorized: 1200,
  invalidCredentials: 1201,
  tooManyRequests: 1202,
  sessionClosed: 1217,
  jobNotFound: 1291,
  ranTooLong: 1305,
  /** Asked to cancel a job that has ended. */
  jobNotRunning: 3209,
  invalidPayload: 3220,
  tooManyCircuits: 3242,
  tooManyPendingJobs: 3458,
} as const;

/** A request that the emulator does not carry out: a status, a code of {@link ERROR_CODES}, a message and what would be right. */
export class IbmRefusal extends Error {
  override readonly name = 'IbmRefusal';
  readonly status: number;
  readonly code: number;
  readonly solution: string;
  /** Value of the header Retry-After in seconds; undefined: none. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: number, message: string, solution = '', retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.solution = solution;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The body of every error of the Runtime API. */
export const errorEnvelope = ({ code, message, solution }: IbmRefusal, trace: string) => ({
  errors: [{ code, message, solution, more_info: `https://quantum.cloud.ibm.com/docs/errors#${code}` }],
  trace,
});
