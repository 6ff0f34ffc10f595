import type { BackendDescription, ExperimentBackend } from '../domain/backend/backend.ts';
import type { Clock } from '../domain/clock.ts';

/** Window of `createsPerMinute`. Unit: milliseconds. */
const MINUTE_MS = 60_000;

/** A description is asked for again when it is older. Unit: milliseconds. */
const FRESH_MS = 30_000;

/** A backend with what all studies of this process share on it: its rate of submissions, and the jobs that wait or run. */
export interface BackendGate {
  readonly backend: ExperimentBackend;
  /** The description, at most half a minute old. */
  describe(signal: AbortSignal): Promise<BackendDescription>;
  /**
   * Takes the right to submit the job `key` now, which then counts as pending, and returns 0; or returns how long to wait until
   * the rate allows it, Infinity where a job has to end first. Unit: milliseconds.
   */
  take(key: string): number;
  /** Counts a job that was submitted earlier. */
  add(key: string): void;
  /** The job no longer waits or runs, or is no longer watched. */
  remove(key: string): void;
  /** No submission before `ms` from now: the backend asked for it. */
  holdBack(ms: number): void;
}

/** Opens the gate of a backend. */
export function createBackendGate(backend: ExperimentBackend, clock: Clock): BackendGate {
  let known: { readonly description: BackendDescription; readonly at: number } | undefined;
  /** Times of the submissions of the last minute. */
  const created: number[] = [];
  const pending = new Set<string>();
  let heldUntil = 0;
  return {
    backend,
    async describe(signal) {
      if (known === undefined || clock.elapsed() - known.at > FRESH_MS) {
        known = { description: await backend.describe(signal), at: clock.elapsed() };
      }
      return known.description;
    },
    take(key) {
      const now = clock.elapsed();
      const { createsPerMinute, maxPendingJobs } = known?.description.limits ?? {};
      if (maxPendingJobs !== undefined && pending.size >= maxPendingJobs && !pending.has(key)) {
        return Number.POSITIVE_INFINITY;
      }
      if (now < heldUntil) return heldUntil - now;
      while (created.length > 0 && created[0] <= now - MINUTE_MS) created.shift();
      // A rate below one in a minute is taken as one.
      const most = createsPerMinute === undefined ? undefined : Math.max(1, Math.floor(createsPerMinute));
      if (most !== undefined && created.length >= most) return created[created.length - most] + MINUTE_MS - now;
      if (most !== undefined) created.push(now);
      pending.add(key);
      return 0;
    },
    add: (key) => void pending.add(key),
    remove: (key) => void pending.delete(key),
    holdBack(ms) {
      heldUntil = Math.max(heldUntil, clock.elapsed() + ms);
    },
  };
}
