import { status } from '@grpc/grpc-js';
import { boundedViolations, type FieldViolation } from './field-violations.ts';

/**
 * Kinds of errors, independent of gRPC. Domain errors of every library carry one of these as `code`; {@link STATUS_OF_CODE} maps them to gRPC statuses.
 *
 * - `invalid`: the caller's input is wrong and will be wrong again
 * - `diverged`: a loss or a weight became NaN or infinite
 * - `not-found`, `already-exists`: something named in the request
 * - `precondition`: right input at the wrong time, such as a repeated step or a stale attempt
 * - `unsupported`: this implementation cannot do that
 * - `exhausted`: a limit of this process; fewer at once would work
 * - `unavailable`: try again, here or elsewhere
 * - `cancelled`, `deadline`: the caller cancelled, or its deadline has passed
 * - `data-loss`: received or stored bytes are corrupt
 * - `internal`: a bug
 */
export type ErrorCode = keyof typeof STATUS_OF_CODE;

/** The one table from domain error codes to gRPC status codes. */
export const STATUS_OF_CODE = {
  invalid: status.INVALID_ARGUMENT,
  diverged: status.OUT_OF_RANGE,
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  precondition: status.FAILED_PRECONDITION,
  unsupported: status.UNIMPLEMENTED,
  exhausted: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  cancelled: status.CANCELLED,
  deadline: status.DEADLINE_EXCEEDED,
  'data-loss': status.DATA_LOSS,
  internal: status.INTERNAL,
} as const;

/**
 * Base of the errors that services throw on purpose; the message goes to the caller as it is. Libraries below this
 * one do not extend it: any `Error` whose `code` is an {@link ErrorCode} is treated the same.
 */
export class DomainError extends Error {
  override name = 'DomainError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown when a request is wrong; lists every wrong field. Arrives as INVALID_ARGUMENT with `BadRequest` details. */
export class ValidationError extends DomainError {
  override name = 'ValidationError';
  readonly violations: readonly FieldViolation[];

  constructor(violations: readonly FieldViolation[]) {
    super('invalid', violationsText(violations));
    this.violations = violations;
  }
}

/** Wrong fields as one line; of many, the first ones and the number of the others. */
function violationsText(violations: readonly FieldViolation[]): string {
  const { shown, more } = boundedViolations(violations);
  const listed = shown.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return more === 0 ? listed : `${listed}; and ${more} more`;
}

/** Thrown when a peer or this process is temporarily unavailable. Arrives as UNAVAILABLE. */
export class UnavailableError extends DomainError {
  override name = 'UnavailableError';

  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', message, options);
  }
}

/** The reason of an aborted call: its client cancelled it or disconnected. */
export class CallCancelledError extends DomainError {
  override name = 'CallCancelledError';

  constructor(message = 'the call was cancelled') {
    super('cancelled', message);
  }
}

/** The domain code of `error`, if it carries one of the table. */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && Object.hasOwn(STATUS_OF_CODE, code) ? (code as ErrorCode) : undefined;
}
