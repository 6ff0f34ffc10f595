import { type CompleteLogOptions, retryDelayMs } from './log-options.ts';
import type { Delivery, LogEvent } from './port.ts';

/** Operations of an adapter on one delivered event. Each resolves to whether the log accepted it. */
export interface Lease {
  readonly event: LogEvent;
  readonly attempt: number;
  /** False when the lease belongs to another consumer by now. Throws when the log is unreachable. */
  renew(): Promise<boolean>;
  /** Never deliver again. Serves both `ack` and `term` where the log does not distinguish them. */
  ack(): Promise<boolean>;
  term(): Promise<boolean>;
  nak(delayMs: number): Promise<boolean>;
}

/**
 * Runs `handler` under a lease: renews it every third of its length, aborts the delivery's signal once it is lost, and
 * settles it by the handler's outcome: returned → ack, threw → nak with a growing delay. Never throws. Both adapters
 * deliver with this function, so that leases behave the same in both.
 */
export async function deliver(
  lease: Lease,
  handler: (delivery: Delivery) => Promise<void>,
  options: CompleteLogOptions,
): Promise<void> {
  const lost = new AbortController();
  let settled = false;
  let expiry: NodeJS.Timeout | undefined;

  const lose = (): void => {
    lost.abort(new Error(`the lease of ${options.leaseMs} ms on event ${lease.event.sequence} is lost`));
  };
  const expireFrom = (startMs: number): void => {
    clearTimeout(expiry);
    expiry = setTimeout(lose, options.leaseMs - (performance.now() - startMs));
  };
  const renew = async (): Promise<boolean> => {
    if (settled || lost.signal.aborted) return false;
    const startMs = performance.now();
    try {
      const renewed = await lease.renew();
      if (settled || lost.signal.aborted) return false;
      if (renewed) expireFrom(startMs);
      else lose();
      return renewed;
    } catch {
      return false; // unreachable for now: the expiry decides
    }
  };
  const settle = async (how: () => Promise<boolean>): Promise<boolean> => {
    if (settled || lost.signal.aborted) return false;
    settled = true;
    stop();
    try {
      return await how();
    } catch {
      return false; // comes again when the lease expires
    }
  };
  expireFrom(performance.now());
  const renewal = setInterval(renew, options.leaseMs / 3);
  const stop = (): void => {
    clearInterval(renewal);
    clearTimeout(expiry);
  };

  try {
    await handler({
      event: lease.event,
      attempt: lease.attempt,
      signal: lost.signal,
      ack: () => settle(() => lease.ack()),
      nak: (delayMs = 0) => settle(() => lease.nak(Math.max(0, delayMs))),
      term: () => settle(() => lease.term()),
      working: renew,
    });
    await settle(() => lease.ack());
  } catch (error) {
    const delayMs = retryDelayMs(options, lease.attempt);
    if (!settled && !lost.signal.aborted) {
      options.warn(`handler of event ${lease.event.sequence} threw (attempt ${lease.attempt}): ${String(error)}`);
    }
    await settle(() => lease.nak(delayMs));
  } finally {
    stop();
  }
}
