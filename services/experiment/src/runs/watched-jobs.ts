import type { JobStatus } from '../domain/backend/backend.ts';
import type { Clock } from '../domain/clock.ts';
import type { JobIntended } from '../domain/ledger/event.ts';
import type { LedgerJob, LedgerRun } from '../domain/ledger/ledger.ts';
import type { BackendGate } from './backend-gate.ts';

/** What is known of a job beyond the journal. */
export interface JobProgress {
  readonly state: 'intended' | 'queued' | 'running';
  readonly position?: number;
  /** Why it is waited for; empty where nothing is wrong. */
  readonly reason: string;
}

/** What a driver remembers of a job that has not ended. */
export interface WatchedJob {
  /** The intent that it is about; undefined before one was written. */
  intent: JobIntended | undefined;
  /** When the next step is due, by the monotonic clock. */
  at: number;
  /** When it was first asked for. */
  askedSince: number | undefined;
  faults: number;
  /** This process knows that nothing was accepted: the token need not be asked for. */
  isUnaccepted: boolean;
  isCancelAsked: boolean;
  progress: JobProgress;
}

/** The jobs of a study that a driver watches, by run and planned job. */
export interface WatchedJobs {
  get(run: LedgerRun, planned: number): WatchedJob | undefined;
  /** Remembers a job that this driver is about to intend. */
  add(run: LedgerRun, planned: number): WatchedJob;
  /** What is remembered of a job; one that is new here is waited for where its submission may be under way elsewhere. */
  watch(run: LedgerRun, job: LedgerJob, gate: BackendGate): WatchedJob;
  delete(run: LedgerRun, planned: number): void;
  /** Makes the jobs of a run due that are known not to have been accepted. */
  hurry(run: string): void;
}

/** With idempotent tokens another process may submit a job at once; it waits this long for the first one. Unit: milliseconds. */
const COURTESY_MS = 1_000;

/** Longest time between two questions for the status of a job. Unit: milliseconds. */
export const LONGEST_POLL_MS = 30_000;

/** Wait after faults in a row, from 1. Unit: milliseconds. */
export const faultDelayMs = (faults: number): number => Math.min(LONGEST_POLL_MS, 500 * 2 ** Math.min(faults - 1, 10));

/** Name of a job among those of its study. */
export const keyOf = ({ accepted }: LedgerRun, planned: number): string => `${accepted.run}/${planned}`;

/** Watches no job yet. */
export function createWatchedJobs(clock: Clock): WatchedJobs {
  const watched = new Map<string, WatchedJob>();
  const remember = (key: string, at: number, intent: JobIntended | undefined): WatchedJob => {
    const progress = { state: 'intended', reason: '' } as const;
    const job = { intent, at, askedSince: undefined, faults: 0, isUnaccepted: false, isCancelAsked: false, progress };
    watched.set(key, job);
    return job;
  };
  return {
    get: (run, planned) => watched.get(keyOf(run, planned)),
    add: (run, planned) => remember(keyOf(run, planned), clock.elapsed(), undefined),
    watch(run, job, gate) {
      const key = keyOf(run, job.planned);
      const known = watched.get(key);
      // An intent that another process has written begins a wait of its own.
      if (known !== undefined && known.intent === job.intent) return known;
      const { isIdempotent, settleMs } = gate.backend.submission;
      const wait = job.id !== undefined ? 0 : isIdempotent ? COURTESY_MS : job.intent.leaseMs + settleMs;
      return remember(key, clock.elapsed() + wait, job.intent);
    },
    delete: (run, planned) => void watched.delete(keyOf(run, planned)),
    hurry(run) {
      for (const [key, job] of watched) {
        if (job.isUnaccepted && key.startsWith(`${run}/`)) job.at = Math.min(job.at, clock.elapsed());
      }
    },
  };
}

/** The progress that a status tells of. */
export function progressOf(status: Extract<JobStatus, { readonly state: 'queued' | 'running' }>): JobProgress {
  if (status.state === 'running') return { state: 'running', reason: '' };
  return { state: 'queued', reason: '', ...(status.position === undefined ? {} : { position: status.position }) };
}
