import { JobRefusedError, NotAcceptedError } from '../backend/errors.ts';

/** Thrown when the Runtime API answered with an error: its envelope, without what was sent. */
export class RuntimeApiError extends Error {
  override readonly name = 'RuntimeApiError';
  readonly status: number;
  /** Codes of IBM's error registry, such as 1202: too many requests. */
  readonly codes: readonly number[];
  /** How long the service asked to wait. Unit: milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(what: string, status: number, body: string, retryAfterMs: number | undefined) {
    const errors = envelope(body);
    const text = errors.map(({ code, message, solution }) =>
      [`${message ?? ''} (code ${code})`, solution].filter(Boolean).join(' '),
    );
    super(`IBM: ${what} answered ${status}: ${text.join('; ') || body.slice(0, 200) || 'no reason given'}`);
    this.status = status;
    this.codes = errors.map(({ code }) => Number(code));
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when it is certain that a request did not reach the service. */
export class RuntimeNotSentError extends Error {
  override readonly name = 'RuntimeNotSentError';
}

interface EnvelopeError {
  readonly code?: number | string;
  readonly message?: string;
  readonly solution?: string;
}

function envelope(body: string): readonly EnvelopeError[] {
  try {
    const { errors } = JSON.parse(body) as { readonly errors?: unknown };
    return Array.isArray(errors) ? (errors as EnvelopeError[]) : [];
  } catch {
    return [];
  }
}

/** The error of the port for what failed before a job was sent. */
export const notYetSent = (error: unknown): NotAcceptedError =>
  new NotAcceptedError((error as Error).message, error instanceof RuntimeApiError ? error.retryAfterMs : undefined, {
    cause: error,
  });

/** Statuses with which a job is refused for what it is; a repetition changes nothing. */
const REFUSED = [400, 404, 413, 422];
/** Too many jobs wait or run, or too many are created: the same job is accepted later. */
const LATER_CODES = [1202, 3458];

/**
 * The error of the port for a failed submission: JobRefusedError, NotAcceptedError, or the error itself, which leaves it unknown whether
 * the job was accepted. An authorization that is missing and a quota that is used up can be mended from outside, so that they refuse
 * nothing for good.
 */
export function submissionError(error: unknown): unknown {
  if (error instanceof RuntimeNotSentError) return new NotAcceptedError(error.message, undefined, { cause: error });
  if (!(error instanceof RuntimeApiError)) return error;
  const { status, codes, message, retryAfterMs } = error;
  if (status >= 500) return error;
  const isLater = codes.some((code) => LATER_CODES.includes(code));
  if (REFUSED.includes(status) && !isLater) return new JobRefusedError(message, { cause: error });
  return new NotAcceptedError(message, retryAfterMs, { cause: error });
}
