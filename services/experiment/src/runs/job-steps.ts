import { JobRefusedError, NotAcceptedError } from '../domain/backend/errors.ts';
import type { JobEnded, JobIntended } from '../domain/ledger/event.ts';
import { type Caps, isWithin, type LedgerJob, type LedgerRun, tokenOf } from '../domain/ledger/ledger.ts';
import type { BackendGate } from './backend-gate.ts';
import type { DriverDeps } from './driver-deps.ts';
import type { Journal } from './journal.ts';
import type { RunContents } from './run-contents.ts';
import { encodeResults } from './stored-run.ts';
import { faultDelayMs, LONGEST_POLL_MS, progressOf, type WatchedJob, type WatchedJobs } from './watched-jobs.ts';

/** What the steps of a study's jobs work with. */
export interface JobStepsContext {
  readonly study: string;
  readonly deps: DriverDeps;
  readonly journal: Journal;
  readonly contents: RunContents;
  readonly watched: WatchedJobs;
  /** Whether someone waits for a run here. */
  readonly isWanted: (run: string) => boolean;
  /** No new job is begun for this long. Unit: milliseconds. */
  readonly pause: (ms: number) => void;
  /** Aborts when the driver stops. */
  readonly signal: AbortSignal;
}

/** A planned job of a run, on its backend. */
interface PlannedPlace {
  readonly run: LedgerRun;
  readonly planned: number;
  readonly gate: BackendGate;
  readonly watched: WatchedJob;
}

/** A job of a run, on its backend. */
interface JobPlace extends PlannedPlace {
  readonly job: LedgerJob;
}

/**
 * The steps of a job, each of which writes to the journal before what it announces and after what it reports, so that a process may die
 * between any two calls. A step that rejects is tried again.
 */
export interface JobSteps {
  /** Writes the intent of a new job where the caps allow it, and submits it. */
  begin(place: PlannedPlace, caps: Caps): Promise<void>;
  /** The next step of a job that has not ended. */
  settle(place: JobPlace): Promise<void>;
}

/** Why the wait for the end of a lease is given up. */
const OVER = new Error('the submission has ended');

/** Key of a job at the gate of its backend, which all studies share. */
export const gateKey = (study: string, { accepted }: LedgerRun, planned: number): string =>
  `${study}/${accepted.run}/${planned}`;

/** Creates the steps of a study's jobs. */
export function createJobSteps(context: JobStepsContext): JobSteps {
  const { study, deps, journal, contents, signal } = context;
  const { clock, leaseMs } = deps;

  const forget = ({ run, planned, gate }: PlannedPlace): void => {
    context.watched.delete(run, planned);
    gate.remove(gateKey(study, run, planned));
  };

  /** Writes the end of a job; with `attempt` only where no later intent was written. */
  const end = async (
    place: JobPlace,
    what: Pick<JobEnded, 'outcome' | 'cost' | 'reason' | 'results'>,
    attempt?: number,
  ): Promise<void> => {
    const { run, job, planned } = place;
    const shots = what.outcome === 'completed' || what.cost > 0 ? run.planned[planned].shots : 0;
    await journal.append((): JobEnded | undefined =>
      job.end === undefined && (attempt === undefined || (job.id === undefined && job.intent.attempt === attempt))
        ? { kind: 'ended', run: run.accepted.run, job: job.index, shots, ...what }
        : undefined,
    );
    forget(place);
  };

  const noteSubmitted = async ({ run, job, watched }: JobPlace, id: string): Promise<void> => {
    watched.isUnaccepted = false;
    await journal.append(() =>
      job.id === undefined && job.end === undefined
        ? { kind: 'submitted', run: run.accepted.run, job: job.index, id }
        : undefined,
    );
    watched.progress = { state: 'queued', reason: '' };
    watched.at = clock.elapsed();
  };

  /** Submits a job whose intent this process has just written, within the lease that began at `startedAt`. */
  const submit = async (place: JobPlace, { attempt }: JobIntended, startedAt: number): Promise<void> => {
    const { run, job, gate, watched } = place;
    const { settleMs, isIdempotent } = gate.backend.submission;
    const over = new AbortController();
    const expired = new AbortController();
    let id: string;
    try {
      const submitted = await contents.jobOf(run, job);
      const leftMs = leaseMs - (clock.elapsed() - startedAt);
      if (leftMs <= 0) throw new NotAcceptedError('the lease ended before the submission', 0);
      const timer = clock.sleep(leftMs, over.signal);
      void timer.then(() => expired.abort(new Error(`no reply within ${leaseMs} ms`)));
      id = await gate.backend.submit(submitted, expired.signal);
    } catch (error) {
      if (error instanceof JobRefusedError) {
        return await end(place, { outcome: 'refused', cost: 0, reason: error.message, results: '' }, attempt);
      }
      if (error instanceof NotAcceptedError) {
        watched.isUnaccepted = true;
        if (error.retryAfterMs !== undefined) gate.holdBack(error.retryAfterMs);
        throw error;
      }
      // A request that has ended without a reply may still be accepted for that long.
      watched.at = clock.elapsed() + Math.max(isIdempotent ? 0 : settleMs, faultDelayMs(attempt));
      watched.progress = { state: 'intended', reason: (error as Error).message };
      const which = { study, run: run.accepted.run, job: job.index, error };
      deps.logger.warn('a submission ended without a reply; its token is asked for', which);
      return;
    } finally {
      over.abort(OVER);
    }
    await noteSubmitted(place, id);
  };

  /** Submits a job again that the backend is known not to have; one of a run that has ended is given up. */
  const again = async (place: JobPlace, attempt: number): Promise<void> => {
    const { run, job, planned, gate, watched } = place;
    if (run.state !== 'open') {
      const reason = 'it was never submitted';
      return end(place, { outcome: 'cancelled', cost: 0, reason, results: '' }, attempt);
    }
    // A run that nobody waits for submits nothing; its job stays as it is.
    if (!context.isWanted(run.accepted.run)) {
      watched.at = clock.elapsed() + LONGEST_POLL_MS;
      return;
    }
    const waitMs = gate.take(gateKey(study, run, planned));
    if (waitMs > 0) {
      watched.at = clock.elapsed() + Math.min(waitMs, LONGEST_POLL_MS);
      return;
    }
    await contents.of(run);
    const startedAt = clock.elapsed();
    const intent = await journal.append((): JobIntended | undefined => {
      const isOpen = job.id === undefined && job.end === undefined && job.intent.attempt === attempt;
      return isOpen && run.state === 'open' ? { ...job.intent, attempt: attempt + 1, leaseMs } : undefined;
    });
    // Another process has taken the job over, or the run has ended.
    if (intent === undefined) return context.watched.delete(run, planned);
    watched.isUnaccepted = false;
    watched.intent = intent;
    await submit(place, intent, startedAt);
  };

  /** Asks for the status of a submitted job; where it has ended, for its results, and writes its end. */
  const ask = async (place: JobPlace, id: string): Promise<void> => {
    const { run, job, planned, gate, watched } = place;
    const { backend } = gate;
    if (run.state === 'cancelling' && !watched.isCancelAsked) {
      await backend.cancel(id, signal);
      watched.isCancelAsked = true;
    }
    const status = await backend.status(id, signal);
    if (status.state === 'queued' || status.state === 'running') {
      watched.progress = progressOf(status);
      const now = clock.elapsed();
      watched.askedSince ??= now;
      watched.at = now + Math.max(backend.pollMs, Math.min(LONGEST_POLL_MS, (now - watched.askedSince) / 4));
    } else if (status.state === 'completed') {
      const content = await contents.of(run);
      const result = await backend.results(id, await contents.jobOf(run, job), signal);
      const results = await deps.artifacts.put(encodeResults(job.index, content.planned[planned], result));
      await end(place, { outcome: 'completed', cost: status.cost, reason: '', results });
    } else {
      const { state: outcome, cost, reason } = status;
      await end(place, { outcome, cost, reason, results: '' });
    }
  };

  return {
    async begin(place, caps) {
      const { run, planned, watched } = place;
      const { run: name, backend } = run.accepted;
      let startedAt: number;
      let intent: JobIntended | undefined;
      try {
        await contents.of(run);
        startedAt = clock.elapsed();
        intent = await journal.append((ledger): JobIntended | undefined => {
          const isDue = run.state === 'open' && run.due.has(planned) && isWithin(ledger.committed(backend), caps);
          const job = run.jobs.length;
          return isDue ? { kind: 'intent', run: name, job, planned, attempt: 1, leaseMs } : undefined;
        });
      } catch (error) {
        // It may have been written: it is then treated as another's.
        forget(place);
        context.pause(faultDelayMs(1));
        throw error;
      }
      if (intent === undefined) return forget(place);
      watched.intent = intent;
      await submit({ ...place, job: run.jobs[intent.job] }, intent, startedAt);
    },
    async settle(place) {
      const { run, job, gate, watched } = place;
      if (job.id !== undefined) return ask(place, job.id);
      // Another process may write the next attempt while the backend is asked.
      const { attempt } = job.intent;
      if (!watched.isUnaccepted) {
        const id = await gate.backend.find(tokenOf(run, job.index), signal);
        if (id !== undefined) return noteSubmitted(place, id);
        watched.isUnaccepted = true;
      }
      return again(place, attempt);
    },
  };
}
