import { status } from '@grpc/grpc-js';
import type { FailureName } from '../stage/slot-events.ts';
import { errorCodeOf, STATUS_OF_CODE } from './errors.ts';
import { isInfrastructureError } from './infrastructure-error.ts';
import { isServiceError } from './status.ts';

/**
 * What an error means for an episode:
 * - `infrastructure`: nothing is wrong with the episode; retry without limit
 * - `failed`: it is wrong and will be wrong again; its slot is written as failed
 * - `unexplained`: maybe a bug; retry, and declare the event poison after many deliveries
 */
export type Fault =
  | { readonly kind: 'infrastructure' }
  | { readonly kind: 'failed'; readonly reason: FailureName }
  | { readonly kind: 'unexplained' };

const INFRASTRUCTURE: Fault = { kind: 'infrastructure' };
const UNEXPLAINED: Fault = { kind: 'unexplained' };

/**
 * Classifies an error of a stage's work. The status of a call and a domain error of the same meaning are the same
 * fault. An unexplained error whose `cause` is an infrastructure fault is an infrastructure fault.
 */
export function classifyFault(error: unknown): Fault {
  if (isServiceError(error)) {
    if (LOST_CONNECTION.test(error.details)) return INFRASTRUCTURE;
    return FAULT_OF_STATUS.get(error.code) ?? UNEXPLAINED;
  }
  const code = errorCodeOf(error);
  // Data loss in this process: an event or an artifact that it cannot read.
  if (code === 'data-loss') return UNEXPLAINED;
  if (code !== undefined) return FAULT_OF_STATUS.get(STATUS_OF_CODE[code]) ?? UNEXPLAINED;
  if (isInfrastructureError(error)) return INFRASTRUCTURE;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause !== undefined && classifyFault(cause).kind === 'infrastructure' ? INFRASTRUCTURE : UNEXPLAINED;
}

/** A peer's verdict on the request itself: `invalid` or `diverged`; undefined for any other error. */
export function answeredFailure(error: unknown): FailureName | undefined {
  if (!isServiceError(error)) return undefined;
  const fault = classifyFault(error);
  return fault.kind === 'failed' ? fault.reason : undefined;
}

/**
 * Whether a fault is transient: a lost connection, or a peer that is down, busy or draining. The same call may succeed
 * at once, here or at a replica. Other infrastructure faults last until they are repaired.
 */
export function isTransient(error: unknown): boolean {
  if (isServiceError(error)) return LOST_CONNECTION.test(error.details) || TRANSIENT_STATUS.has(error.code);
  const code = errorCodeOf(error);
  return code === undefined ? isInfrastructureError(error) : TRANSIENT_STATUS.has(STATUS_OF_CODE[code]);
}

/** grpc-js reports some lost connections as INTERNAL or UNKNOWN. */
const LOST_CONNECTION = /RST_STREAM|GOAWAY|connection dropped|ended without gRPC status|socket hang up|ECONNRE/i;

const TRANSIENT_STATUS: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
]);

/**
 * NOT_FOUND is a missing artifact (not yet written, or its store is unavailable); FAILED_PRECONDITION an attempt that a
 * later one has superseded; UNIMPLEMENTED a peer of another kind or version; DATA_LOSS corrupt bytes. None of these is
 * caused by the event, and all can be temporary. INTERNAL and UNKNOWN may as well be a bug of a peer.
 */
const FAULT_OF_STATUS: ReadonlyMap<number, Fault> = new Map<number, Fault>([
  ...[...TRANSIENT_STATUS].map((code) => [code, INFRASTRUCTURE] as const),
  [status.NOT_FOUND, INFRASTRUCTURE],
  [status.FAILED_PRECONDITION, INFRASTRUCTURE],
  [status.UNIMPLEMENTED, INFRASTRUCTURE],
  [status.DATA_LOSS, INFRASTRUCTURE],
  [status.UNAUTHENTICATED, INFRASTRUCTURE],
  [status.PERMISSION_DENIED, INFRASTRUCTURE],
  [status.INVALID_ARGUMENT, { kind: 'failed', reason: 'invalid' }],
  [status.OUT_OF_RANGE, { kind: 'failed', reason: 'diverged' }],
]);
