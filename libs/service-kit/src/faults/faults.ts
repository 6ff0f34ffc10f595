import { status } from '@grpc/grpc-js';
import type { FailureName } from '../stage/slot-events.ts';
import { errorCodeOf, STATUS_OF_CODE } from './errors.ts';
import { isInfrastructureError } from './infrastructure-error.ts';
import { isServiceError } from './status.ts';

/**
 * What an error means for an episode:
 * - `infrastructure`: nothing is wrong with the episode; do it again, without limit
 * - `failed`: it is wrong and will be wrong again; its slot is written as failed
 * - `unexplained`: maybe a bug; do it again, and after many deliveries call the event poison
 */
export type Fault =
  | { readonly kind: 'infrastructure' }
  | { readonly kind: 'failed'; readonly reason: FailureName }
  | { readonly kind: 'unexplained' };

const INFRASTRUCTURE: Fault = { kind: 'infrastructure' };
const UNEXPLAINED: Fault = { kind: 'unexplained' };

/**
 * Classifies what a stage's work threw. A call's status and a domain error of the same meaning are the same fault. What nobody
 * can explain is what its `cause` is, where that is the infrastructure's fault.
 */
export function classifyFault(error: unknown): Fault {
  if (isServiceError(error)) {
    if (LOST_CONNECTION.test(error.details)) return INFRASTRUCTURE;
    return FAULT_OF_STATUS.get(error.code) ?? UNEXPLAINED;
  }
  const code = errorCodeOf(error);
  // Lost by this very program: an event or an artifact that it cannot read.
  if (code === 'data-loss') return UNEXPLAINED;
  if (code !== undefined) return FAULT_OF_STATUS.get(STATUS_OF_CODE[code]) ?? UNEXPLAINED;
  if (isInfrastructureError(error)) return INFRASTRUCTURE;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause !== undefined && classifyFault(cause).kind === 'infrastructure' ? INFRASTRUCTURE : UNEXPLAINED;
}

/** What a peer answered of the request itself: that it is `invalid`, or that it `diverged`; undefined for any other error. */
export function answeredFailure(error: unknown): FailureName | undefined {
  if (!isServiceError(error)) return undefined;
  const fault = classifyFault(error);
  return fault.kind === 'failed' ? fault.reason : undefined;
}

/**
 * Whether a fault is one of the moment: a connection that was lost, a peer that is away, busy or draining. The same call may succeed
 * at once, here or at a replica. Other faults of the infrastructure last until somebody mends them.
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
 * NOT_FOUND is an artifact that is not there (yet, or while its store is away); FAILED_PRECONDITION an attempt that another has
 * overtaken; UNIMPLEMENTED a peer of another kind or version; DATA_LOSS bytes that came or were stored broken. The event is not
 * to blame for any of these, and all can pass. INTERNAL and UNKNOWN are a peer's bug as likely as not.
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
