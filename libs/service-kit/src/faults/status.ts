import { type Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import {
  ArtifactCorruptError,
  ArtifactMissingError,
  InvalidKeyError,
  LogCorruptError,
} from '@qloom/episode-log/errors.ts';
import { errorCodeOf, STATUS_OF_CODE } from './errors.ts';
import type { FieldViolation } from './field-violations.ts';
import { isInfrastructureError } from './infrastructure-error.ts';
import { badRequestStatus, violationsOf } from './status-details.ts';

/** Message for callers in place of an unexpected error's own, which may contain internals. */
export const INTERNAL_MESSAGE = 'internal error; the log of the service has the details';

/** A status in the form of grpc-js. */
export type CallStatus = Pick<StatusObject, 'code' | 'details'> & { readonly metadata?: Metadata };

/**
 * The gRPC status of any error: for a domain error that of the table, for a peer's status the same code (without
 * internals of the peer), for a fault of disk, log or network UNAVAILABLE, for anything else INTERNAL without its
 * message.
 */
export function statusOf(error: unknown): CallStatus {
  const code = errorCodeOf(error);
  if (code !== undefined && error instanceof Error) {
    if (code === 'internal') return { code: STATUS_OF_CODE[code], details: INTERNAL_MESSAGE };
    const { violations = [] } = error as { violations?: readonly FieldViolation[] };
    return badRequestStatus(STATUS_OF_CODE[code], error.message, violations);
  }
  if (isServiceError(error)) {
    if (error.code === status.INTERNAL || error.code === status.UNKNOWN) {
      return { code: status.INTERNAL, details: 'a peer failed; its log has the details' };
    }
    // A peer's CANCELLED does not come from our caller: if our caller had cancelled, this status would not be sent.
    if (error.code === status.CANCELLED)
      return { code: status.UNAVAILABLE, details: `a peer stopped: ${error.details}` };
    const violations = error.code === status.INVALID_ARGUMENT ? violationsOf(error) : [];
    return badRequestStatus(error.code, error.details, violations);
  }
  for (const [type, mapped] of STORE_ERRORS) {
    if (error instanceof type) return { code: mapped, details: error.message };
  }
  if (error instanceof Error && isInfrastructureError(error)) {
    return { code: status.UNAVAILABLE, details: error.message };
  }
  return { code: status.INTERNAL, details: INTERNAL_MESSAGE };
}

/** Whether `error` is a status that a gRPC call ended with. */
export function isServiceError(error: unknown): error is ServiceError {
  const candidate = error as Partial<ServiceError> | null | undefined;
  return (
    typeof candidate?.code === 'number' && typeof candidate.details === 'string' && status[candidate.code] !== undefined
  );
}

/** Whether `status` is this service's own fault, and belongs in its log as an error. */
export function isOwnFault(code: number): boolean {
  return code === status.INTERNAL || code === status.UNKNOWN || code === status.DATA_LOSS;
}

const STORE_ERRORS: readonly (readonly [new (...args: never[]) => Error, number])[] = [
  [ArtifactMissingError, status.NOT_FOUND],
  [ArtifactCorruptError, status.DATA_LOSS],
  [LogCorruptError, status.DATA_LOSS],
  [InvalidKeyError, status.INVALID_ARGUMENT],
];
