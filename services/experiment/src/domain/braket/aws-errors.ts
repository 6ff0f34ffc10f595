import { JobRefusedError, NotAcceptedError } from '../backend/errors.ts';

/** What the clients of AWS throw, as far as it is read. */
interface AwsError extends Error {
  readonly code?: string;
  readonly $response?: { readonly headers?: Readonly<Record<string, string>>; readonly statusCode?: number };
}

/** Exceptions after which the same request is never accepted. */
const REFUSED = new Set(['ValidationException', 'DeviceRetiredException', 'ResourceNotFoundException']);

/** Exceptions after which nothing was accepted, and a later attempt may be. */
const NOT_ACCEPTED = new Set([
  'ThrottlingException',
  'DeviceOfflineException',
  'ServiceQuotaExceededException',
  'AccessDeniedException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'CredentialsProviderError',
]);

/** Failures of a connection before anything was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The error of the port for an error of a creation; others, which leave it open what became of the request, are returned as they are. */
export function submissionError(backend: string, error: unknown): unknown {
  const { name, message, code, $response } = error as AwsError;
  const text = `backend ${backend}: Braket answered ${name}: ${message}`;
  if (REFUSED.has(name)) return new JobRefusedError(text, { cause: error });
  if (NOT_ACCEPTED.has(name) || NOT_SENT.has(code ?? '')) {
    const seconds = Number($response?.headers?.['retry-after']);
    return new NotAcceptedError(text, Number.isFinite(seconds) ? 1000 * seconds : undefined, { cause: error });
  }
  return error;
}
