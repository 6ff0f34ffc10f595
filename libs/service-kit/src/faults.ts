import { status } from '@grpc/grpc-js';
import { EpisodeLogError, LogClosedError, LogUnavailableError } from '@qloom/episode-log/errors.ts';
import { type ErrorCode, errorCodeOf } from './errors.ts';
import type { FailureName } from './slot-events.ts';
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

/** Classifies what a stage's work threw. A call's status and a domain error of the same meaning are the same fault. */
export function classifyFault(error: unknown): Fault {
  if (isServiceError(error)) {
    if (LOST_CONNECTION.test(error.details)) return INFRASTRUCTURE;
    return FAULT_OF_STATUS.get(error.code) ?? UNEXPLAINED;
  }
  const code = errorCodeOf(error);
  if (code !== undefined) return FAULT_OF_CODE[code] ?? UNEXPLAINED;
  if (error instanceof LogUnavailableError || error instanceof LogClosedError) return INFRASTRUCTURE;
  if (error instanceof EpisodeLogError) return UNEXPLAINED;
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) return INFRASTRUCTURE;
  const systemCode = (error as NodeJS.ErrnoException | null | undefined)?.code;
  return typeof systemCode === 'string' && SYSTEM_FAULTS.has(systemCode) ? INFRASTRUCTURE : UNEXPLAINED;
}

/** grpc-js reports some lost connections as INTERNAL or UNKNOWN. */
const LOST_CONNECTION = /RST_STREAM|GOAWAY|connection dropped|ended without gRPC status|socket hang up|ECONNRE/i;

const FAULT_OF_STATUS: ReadonlyMap<number, Fault> = new Map<number, Fault>([
  [status.UNAVAILABLE, INFRASTRUCTURE],
  [status.CANCELLED, INFRASTRUCTURE],
  [status.DEADLINE_EXCEEDED, INFRASTRUCTURE],
  [status.RESOURCE_EXHAUSTED, INFRASTRUCTURE],
  [status.ABORTED, INFRASTRUCTURE],
  [status.INVALID_ARGUMENT, { kind: 'failed', reason: 'invalid' }],
  [status.OUT_OF_RANGE, { kind: 'failed', reason: 'diverged' }],
]);

const FAULT_OF_CODE: Readonly<Partial<Record<ErrorCode, Fault>>> = {
  unavailable: INFRASTRUCTURE,
  cancelled: INFRASTRUCTURE,
  deadline: INFRASTRUCTURE,
  exhausted: INFRASTRUCTURE,
  invalid: { kind: 'failed', reason: 'invalid' },
  diverged: { kind: 'failed', reason: 'diverged' },
};

const SYSTEM_FAULTS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EMFILE',
]);
