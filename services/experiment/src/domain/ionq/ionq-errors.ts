import { JobRefusedError, NotAcceptedError } from '../backend/errors.ts';

/** Thrown when IonQ answered with an error: its message, without what was sent. */
export class IonqApiError extends Error {
  override readonly name = 'IonqApiError';
  readonly status: number;
  /** How long the service asked to wait. Unit: milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(what: string, status: number, body: string, retryAfterMs: number | undefined) {
    super(`IonQ: ${what} answered ${status}: ${messageOf(body) ?? (body.slice(0, 200) || 'no reason given')}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when it is certain that a request did not reach the service. */
export class IonqNotSentError extends Error {
  override readonly name = 'IonqNotSentError';
}

function messageOf(body: string): string | undefined {
  try {
    const { error, message } = JSON.parse(body) as { readonly error?: unknown; readonly message?: unknown };
    const text = [error, message].filter((part) => typeof part === 'string').join(': ');
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The error of the port for what failed before a job was sent. */
export const notYetSent = (error: unknown): NotAcceptedError =>
  new NotAcceptedError((error as Error).message, error instanceof IonqApiError ? error.retryAfterMs : undefined, {
    cause: error,
  });

/** Statuses with which a job is refused for what it is; a repetition changes nothing. */
const REFUSED = [400, 404, 413, 422];

/**
 * The error of the port for a failed submission: JobRefusedError, NotAcceptedError, or the error itself, which leaves it unknown whether
 * the job was accepted. A key that is not accepted and a balance that is used up can be mended from outside, so that they refuse
 * nothing for good.
 */
export function submissionError(error: unknown): unknown {
  if (error instanceof IonqNotSentError) return new NotAcceptedError(error.message, undefined, { cause: error });
  if (!(error instanceof IonqApiError) || error.status >= 500) return error;
  const { status, message, retryAfterMs } = error;
  if (REFUSED.includes(status)) return new JobRefusedError(message, { cause: error });
  return new NotAcceptedError(message, retryAfterMs, { cause: error });
}
