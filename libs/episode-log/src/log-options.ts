import { randomInt } from 'node:crypto';
import { InvalidUrlError } from './errors.ts';

/** Shortest lease: it is renewed every third of it. Unit: milliseconds. */
export const MIN_LEASE_MS = 100;

/** Options of both adapters of the log. */
export interface LogOptions {
  /**
   * Lease of a delivery: how long it stays with an unresponsive process, in milliseconds. It is renewed every third of
   * this while the handler runs. Default: 30 s. At least 100.
   */
  readonly leaseMs?: number;
  /** Delay of the redelivery after the first failure of the handler. Default: 200 ms. */
  readonly firstRetryMs?: number;
  /** That delay doubles with every attempt up to this. Default: 20 s. */
  readonly maxRetryMs?: number;
  /** How long a call retries before it throws `LogUnavailableError`. Default: 30 s. */
  readonly unavailableAfterMs?: number;
  /** Called with warnings for the operator. Default: `process.emitWarning`. */
  readonly warn?: (message: string) => void;
}

/** {@link LogOptions} with every default filled in. */
export type CompleteLogOptions = Required<LogOptions>;

/** Fills in defaults. Throws `InvalidUrlError` when a number is out of range. */
export function completeLogOptions(options: LogOptions): CompleteLogOptions {
  const complete = {
    leaseMs: options.leaseMs ?? 30_000,
    firstRetryMs: options.firstRetryMs ?? 200,
    maxRetryMs: options.maxRetryMs ?? 20_000,
    unavailableAfterMs: options.unavailableAfterMs ?? 30_000,
    warn: options.warn ?? ((message) => process.emitWarning(message, 'QloomLogWarning')),
  };
  assertAtLeast('leaseMs', complete.leaseMs, MIN_LEASE_MS);
  assertAtLeast('firstRetryMs', complete.firstRetryMs, 0);
  assertAtLeast('maxRetryMs', complete.maxRetryMs, complete.firstRetryMs);
  assertAtLeast('unavailableAfterMs', complete.unavailableAfterMs, 0);
  return complete;
}

/** The options with the lease of one consumption; those of the log where it has none of its own. */
export function withLease(options: CompleteLogOptions, leaseMs = options.leaseMs): CompleteLogOptions {
  return { ...options, leaseMs };
}

function assertAtLeast(name: string, value: number, minimum: number): void {
  if (!Number.isFinite(value) || value < minimum) {
    throw new InvalidUrlError(`${name}: ${value} is not a number of at least ${minimum} milliseconds`);
  }
}

/** `firstRetryMs · 2^(attempt − 1)`, at most `maxRetryMs`. */
export function retryDelayMs(options: CompleteLogOptions, attempt: number): number {
  return Math.min(options.maxRetryMs, options.firstRetryMs * 2 ** Math.min(attempt - 1, 30));
}

/**
 * A wait between half of `ms` and `ms`, so that processes that failed together do not retry together. Not drawn from
 * the study's random numbers: no result may depend on it.
 */
export function jitteredMs(ms: number): number {
  return ms / 2 + (randomInt(1024) / 1024) * (ms / 2);
}
