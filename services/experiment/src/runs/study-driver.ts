import { randomUUID } from 'node:crypto';
import { createRandom } from '@qloom/random/random.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Job, JobStatus } from '../domain/backend/backend.ts';
import { JobRefusedError, NotAcceptedError } from '../domain/backend/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { JobEnded, JobIntended, JobOutcome } from '../domain/ledger/event.ts';
import { type Caps, isWithin, type Ledger, type LedgerJob, type LedgerRun, tokenOf } from '../domain/ledger/ledger.ts';
import type { BackendGate } from './backend-gate.ts';
import { type Journal, type JournalLog, openJournal } from './journal.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { encodeResults, loadRun, type RunArtifacts, type RunContent } from './stored-run.ts';

/** What a driver works with. */
export interface DriverDeps {
  readonly log: JournalLog;
  readonly artifacts: RunArtifacts;
  /** Gate of each configured backend, by name. */
  readonly gates: ReadonlyMap<string, BackendGate>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A submission that has had no reply for this long is ended. Unit: milliseconds. */
  readonly leaseMs: number;
}

/** What is known of a job beyond the journal. */
export interface JobProgress {
  readonly state: 'intended' | 'queued' | 'running';
  readonly position?: number;
  /** Why it is waited for; empty where nothing is wrong. */
  readonly reason: string;
}

/** Most requests to backends at once, for one study. */
const MOST_AT_ONCE = 16;

/** With idempotent tokens another process may submit a job at once; it waits this long for the first one. Unit: milliseconds. */
const COURTESY_MS = 1_000;

/** Longest wait before it is seen that another study has left room for a job. Unit: milliseconds. */
const ROOM_MS = 1_000;

/** Longest time between two questions for the status of a job. Unit: milliseconds. */
const LONGEST_POLL_MS = 30_000;

/** Wait after faults in a row, from 1. Unit: milliseconds. */
const faultDelayMs = (faults: number): number => Math.min(LONGEST_POLL_MS, 500 * 2 ** Math.min(faults - 1, 10));

/** What the driver remembers of a job that has not ended. */
interface Watched {
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

/**
 * Does the work of a study's runs: submits jobs of the runs that are wanted here, and settles every job of the study that has not
 * ended, whoever submitted it. It may die between any two steps: what it knows beyond the journal is only when to ask next.
 */
export class StudyDriver {
  readonly study: string;
  readonly #deps: DriverDeps;
  readonly #journal: Journal;
  readonly #news: Notifier;
  readonly #stop = new AbortController();
  /** Runs that someone waits for here, with the caps of the last caller. */
  readonly #wanted = new Map<string, Caps>();
  readonly #watched = new Map<string, Watched>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #contents = new Map<string, Promise<RunContent>>();
  #faults = 0;
  /** No new job before then: an intent could not be written. */
  #pausedUntil = 0;
  #trouble = '';
  #loop: Promise<void> | undefined;

  private constructor(study: string, deps: DriverDeps, journal: Journal, news: Notifier) {
    this.study = study;
    this.#deps = deps;
    this.#journal = journal;
    this.#news = news;
  }

  /** Opens the driver of a study. Rejects with the errors of the log. */
  static async open(study: string, deps: DriverDeps): Promise<StudyDriver> {
    const news = createNotifier();
    const options = { owner: randomUUID(), now: deps.clock.now, onEvent: news.notify };
    const journal = await openJournal(deps.log, study, options);
    return new StudyDriver(study, deps, journal, news);
  }

  get journal(): Journal {
    return this.#journal;
  }

  get ledger(): Ledger {
    return this.#journal.ledger;
  }

  /** Resolves at the next change, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#news.next(signal);
  }

  /** Why nothing can be done now: a fault of the log; empty where there is none. */
  get trouble(): string {
    return this.#trouble;
  }

  /** What is known of a job that has not ended. */
  progressOf(run: LedgerRun, job: LedgerJob): JobProgress | undefined {
    return this.#watched.get(keyOf(run, job.planned))?.progress;
  }

  /** Whether the budget has no room for what the run still has to submit. */
  isBlocked(name: string): boolean {
    const run = this.ledger.runs.get(name);
    if (run === undefined || run.state !== 'open' || run.unended.size > 0) return false;
    return !isWithin(this.ledger.committed(run.accepted.backend), this.#wanted.get(name) ?? {});
  }

  /** Submits the jobs of a run from now on; `content` spares the reading of its artifacts. */
  want(run: string, caps: Caps, content?: RunContent): void {
    this.#wanted.set(run, caps);
    if (content !== undefined) this.#contents.set(run, Promise.resolve(content));
    for (const [key, watched] of this.#watched) {
      if (watched.isUnaccepted && key.startsWith(`${run}/`))
        watched.at = Math.min(watched.at, this.#deps.clock.elapsed());
    }
    this.start();
  }

  /** Settles the jobs of the study that have not ended. */
  start(): void {
    this.#loop ??= this.#work();
    this.#news.notify();
  }

  /** Submits no more jobs of a run here. */
  unwant(run: string): void {
    this.#wanted.delete(run);
  }

  /** Starts nothing more, and waits for the requests that are under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#news.notify();
    await this.#loop;
    await Promise.all(this.#busy.values());
    for (const { accepted, unended, jobs } of this.ledger.runs.values()) {
      for (const index of unended)
        this.#deps.gates.get(accepted.backend)?.remove(this.#gateKey(accepted.run, jobs[index].planned));
    }
  }

  async #work(): Promise<void> {
    const { clock, logger } = this.#deps;
    while (!this.#stop.signal.aborted) {
      const change = this.#news.next(this.#stop.signal);
      let waitMs = Number.POSITIVE_INFINITY;
      try {
        await this.#journal.catchUp();
        waitMs = this.#startDue();
        this.#faults = 0;
        this.#trouble = '';
      } catch (error) {
        this.#trouble = (error as Error).message;
        waitMs = faultDelayMs(++this.#faults);
        logger.warn('the journal of experiments cannot be read; it is tried again', { study: this.study, error });
      }
      if (waitMs === Number.POSITIVE_INFINITY) await change;
      else {
        const over = new AbortController();
        const signal = AbortSignal.any([over.signal, this.#stop.signal]);
        await Promise.race([change, clock.sleep(Math.max(1, waitMs), signal)]);
        over.abort();
      }
    }
  }

  /** Starts what is due; returns the time until something else will be. */
  #startDue(): number {
    let wait = Number.POSITIVE_INFINITY;
    for (const run of this.ledger.runs.values()) {
      const gate = this.#deps.gates.get(run.accepted.backend);
      if (gate === undefined) continue;
      wait = Math.min(wait, this.#startSettling(run, gate), this.#startSubmitting(run, gate));
    }
    return wait;
  }

  #startSettling(run: LedgerRun, gate: BackendGate): number {
    let wait = Number.POSITIVE_INFINITY;
    const now = this.#deps.clock.elapsed();
    for (const index of run.unended) {
      const job = run.jobs[index];
      const key = keyOf(run, job.planned);
      if (this.#busy.has(key)) continue;
      gate.add(this.#gateKey(run.accepted.run, job.planned));
      const watched = this.#watch(key, job, gate);
      if (run.state === 'cancelling' && !watched.isCancelAsked && job.id !== undefined) watched.at = now;
      if (watched.at > now) wait = Math.min(wait, watched.at - now);
      else if (this.#busy.size < MOST_AT_ONCE) this.#start(key, watched, () => this.#settle(run, job, gate, watched));
    }
    return wait;
  }

  #startSubmitting(run: LedgerRun, gate: BackendGate): number {
    const name = run.accepted.run;
    const caps = this.#wanted.get(name);
    if (caps === undefined || run.state !== 'open') return Number.POSITIVE_INFINITY;
    const now = this.#deps.clock.elapsed();
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    for (const planned of run.due) {
      if (this.#busy.size >= MOST_AT_ONCE) break;
      const key = keyOf(run, planned);
      if (this.#busy.has(key)) continue;
      if (!isWithin(this.ledger.committed(run.accepted.backend), caps)) break;
      const waitMs = gate.take(this.#gateKey(name, planned));
      // Another study may end the job that is waited for.
      if (waitMs > 0) return Math.min(waitMs, ROOM_MS);
      const watched = newWatched(now, undefined);
      this.#watched.set(key, watched);
      this.#start(key, watched, () => this.#begin(run, planned, gate, watched, caps));
    }
    return Number.POSITIVE_INFINITY;
  }

  /** What is remembered of a job; one that is new here is waited for where its submission may be under way elsewhere. */
  #watch(key: string, job: LedgerJob, gate: BackendGate): Watched {
    const known = this.#watched.get(key);
    // An intent that another process has written begins a wait of its own.
    if (known !== undefined && known.intent === job.intent) return known;
    const now = this.#deps.clock.elapsed();
    const { isIdempotent, settleMs } = gate.backend.submission;
    const wait = job.id !== undefined ? 0 : isIdempotent ? COURTESY_MS : job.intent.leaseMs + settleMs;
    const watched = newWatched(now + wait, job.intent);
    this.#watched.set(key, watched);
    return watched;
  }

  #start(key: string, watched: Watched, step: () => Promise<void>): void {
    const done = step()
      .then(() => {
        watched.faults = 0;
      })
      .catch((error: unknown) => {
        watched.faults++;
        const asked = error instanceof NotAcceptedError ? error.retryAfterMs : undefined;
        watched.at = this.#deps.clock.elapsed() + (asked ?? faultDelayMs(watched.faults));
        watched.progress = { ...watched.progress, reason: (error as Error).message };
        this.#deps.logger.warn('a step of a job failed; it is tried again', { study: this.study, job: key, error });
      })
      .finally(() => {
        this.#busy.delete(key);
        this.#news.notify();
      });
    this.#busy.set(key, done);
  }

  /** Writes the intent of a new job, and submits it. */
  async #begin(run: LedgerRun, planned: number, gate: BackendGate, watched: Watched, caps: Caps): Promise<void> {
    const { run: name, backend } = run.accepted;
    let startedAt: number;
    let intent: JobIntended | undefined;
    try {
      await this.#contentOf(run);
      startedAt = this.#deps.clock.elapsed();
      intent = await this.#journal.append((ledger): JobIntended | undefined => {
        const isDue = run.state === 'open' && run.due.has(planned) && isWithin(ledger.committed(backend), caps);
        const job = run.jobs.length;
        return isDue ? { kind: 'intent', run: name, job, planned, attempt: 1, leaseMs: this.#deps.leaseMs } : undefined;
      });
    } catch (error) {
      // It may have been written: it is then treated as another's.
      this.#forget(run, planned, gate);
      this.#pausedUntil = this.#deps.clock.elapsed() + faultDelayMs(1);
      throw error;
    }
    if (intent === undefined) return this.#forget(run, planned, gate);
    watched.intent = intent;
    await this.#submit(run, run.jobs[intent.job], intent, gate, watched, startedAt);
  }

  /** The next step of a job that has not ended. */
  async #settle(run: LedgerRun, job: LedgerJob, gate: BackendGate, watched: Watched): Promise<void> {
    if (job.id !== undefined) return this.#ask(run, job, job.id, gate, watched);
    // Another process may write the next attempt while the backend is asked.
    const { attempt } = job.intent;
    if (!watched.isUnaccepted) {
      const id = await gate.backend.find(tokenOf(run, job.index), this.#stop.signal);
      if (id !== undefined) return this.#noteSubmitted(run, job, id, watched);
      watched.isUnaccepted = true;
    }
    return this.#again(run, job, attempt, gate, watched);
  }

  /** Submits a job again that the backend is known not to have; one of a run that has ended is given up. */
  async #again(run: LedgerRun, job: LedgerJob, attempt: number, gate: BackendGate, watched: Watched): Promise<void> {
    if (run.state !== 'open') {
      const reason = 'it was never submitted';
      await this.#end(run, job, gate, { outcome: 'cancelled', cost: 0, reason, results: '' }, attempt);
      return;
    }
    // A run that nobody waits for submits nothing; its job stays as it is.
    if (!this.#wanted.has(run.accepted.run)) {
      watched.at = this.#deps.clock.elapsed() + LONGEST_POLL_MS;
      return;
    }
    const waitMs = gate.take(this.#gateKey(run.accepted.run, job.planned));
    if (waitMs > 0) {
      watched.at = this.#deps.clock.elapsed() + Math.min(waitMs, LONGEST_POLL_MS);
      return;
    }
    await this.#contentOf(run);
    const startedAt = this.#deps.clock.elapsed();
    const intent = await this.#journal.append((): JobIntended | undefined => {
      const isOpen = job.id === undefined && job.end === undefined && job.intent.attempt === attempt;
      return isOpen && run.state === 'open'
        ? { ...job.intent, attempt: attempt + 1, leaseMs: this.#deps.leaseMs }
        : undefined;
    });
    // Another process has taken the job over, or the run has ended.
    if (intent === undefined) return void this.#watched.delete(keyOf(run, job.planned));
    watched.isUnaccepted = false;
    watched.intent = intent;
    await this.#submit(run, job, intent, gate, watched, startedAt);
  }

  /** Submits a job whose intent this process has just written, within the lease that began at `startedAt`. */
  async #submit(
    run: LedgerRun,
    job: LedgerJob,
    { attempt }: JobIntended,
    gate: BackendGate,
    watched: Watched,
    startedAt: number,
  ): Promise<void> {
    const { clock, leaseMs } = this.#deps;
    const { settleMs, isIdempotent } = gate.backend.submission;
    const over = new AbortController();
    const expired = new AbortController();
    // A request that has ended without a reply may still be accepted for that long.
    const settlesIn = (): number => Math.max(isIdempotent ? 0 : settleMs, faultDelayMs(attempt));
    let id: string;
    try {
      const submitted = await this.#jobOf(run, job);
      const leftMs = leaseMs - (clock.elapsed() - startedAt);
      if (leftMs <= 0) throw new NotAcceptedError('the lease ended before the submission', 0);
      const timer = clock.sleep(leftMs, over.signal);
      void timer.then(() => expired.abort(new Error(`no reply within ${leaseMs} ms`)));
      id = await gate.backend.submit(submitted, expired.signal);
    } catch (error) {
      if (error instanceof JobRefusedError) {
        const end = { outcome: 'refused', cost: 0, reason: error.message, results: '' } as const;
        await this.#end(run, job, gate, end, attempt);
        return;
      }
      if (error instanceof NotAcceptedError) {
        watched.isUnaccepted = true;
        if (error.retryAfterMs !== undefined) gate.holdBack(error.retryAfterMs);
        throw error;
      }
      watched.at = clock.elapsed() + settlesIn();
      watched.progress = { state: 'intended', reason: (error as Error).message };
      this.#deps.logger.warn('a submission ended without a reply; its token is asked for', {
        study: this.study,
        run: run.accepted.run,
        job: job.index,
        error,
      });
      return;
    } finally {
      over.abort();
    }
    await this.#noteSubmitted(run, job, id, watched);
  }

  async #noteSubmitted(run: LedgerRun, job: LedgerJob, id: string, watched: Watched): Promise<void> {
    watched.isUnaccepted = false;
    await this.#journal.append(() =>
      job.id === undefined && job.end === undefined
        ? { kind: 'submitted', run: run.accepted.run, job: job.index, id }
        : undefined,
    );
    watched.progress = { state: 'queued', reason: '' };
    watched.at = this.#deps.clock.elapsed();
  }

  /** Asks for the status of a submitted job; where it has ended, for its results, and writes its end. */
  async #ask(run: LedgerRun, job: LedgerJob, id: string, gate: BackendGate, watched: Watched): Promise<void> {
    const { backend } = gate;
    const { signal } = this.#stop;
    if (run.state === 'cancelling' && !watched.isCancelAsked) {
      await backend.cancel(id, signal);
      watched.isCancelAsked = true;
    }
    const status = await backend.status(id, signal);
    if (status.state === 'queued' || status.state === 'running') {
      watched.progress = progressOf(status);
      const now = this.#deps.clock.elapsed();
      watched.askedSince ??= now;
      watched.at = now + Math.max(backend.pollMs, Math.min(LONGEST_POLL_MS, (now - watched.askedSince) / 4));
    } else if (status.state === 'completed') {
      const content = await this.#contentOf(run);
      const submitted = await this.#jobOf(run, job);
      const result = await backend.results(id, submitted, signal);
      const results = await this.#deps.artifacts.put(encodeResults(job.index, content.planned[job.planned], result));
      await this.#end(run, job, gate, { outcome: 'completed', cost: status.cost, reason: '', results });
    } else {
      const { state: outcome, cost, reason } = status;
      await this.#end(run, job, gate, { outcome, cost, reason, results: '' });
    }
  }

  /** Writes the end of a job; with `attempt` only where no later intent was written. */
  async #end(
    run: LedgerRun,
    job: LedgerJob,
    gate: BackendGate,
    end: { readonly outcome: JobOutcome; readonly cost: number; readonly reason: string; readonly results: string },
    attempt?: number,
  ): Promise<void> {
    const shots = end.outcome === 'completed' || end.cost > 0 ? run.planned[job.planned].shots : 0;
    await this.#journal.append((): JobEnded | undefined =>
      job.end === undefined && (attempt === undefined || (job.id === undefined && job.intent.attempt === attempt))
        ? { kind: 'ended', run: run.accepted.run, job: job.index, shots, ...end }
        : undefined,
    );
    this.#forget(run, job.planned, gate);
  }

  #forget(run: LedgerRun, planned: number, gate: BackendGate): void {
    this.#watched.delete(keyOf(run, planned));
    gate.remove(this.#gateKey(run.accepted.run, planned));
  }

  #gateKey(run: string, planned: number): string {
    return `${this.study}/${run}/${planned}`;
  }

  #contentOf({ accepted }: LedgerRun): Promise<RunContent> {
    const known = this.#contents.get(accepted.run) ?? loadRun(accepted, this.#deps.artifacts, this.#stop.signal);
    this.#contents.set(accepted.run, known);
    known.catch(() => this.#contents.delete(accepted.run));
    return known;
  }

  async #jobOf(run: LedgerRun, job: LedgerJob): Promise<Job> {
    const { planned, seed } = await this.#contentOf(run);
    return {
      token: tokenOf(run, job.index),
      executions: planned[job.planned].map(({ execution }) => execution),
      maxCost: run.planned[job.planned].maxCost,
      seed: createRandom(seed).seedFor(job.planned),
    };
  }
}

const keyOf = ({ accepted }: LedgerRun, planned: number): string => `${accepted.run}/${planned}`;

function newWatched(at: number, intent: JobIntended | undefined): Watched {
  const progress = { state: 'intended', reason: '' } as const;
  return { intent, at, askedSince: undefined, faults: 0, isUnaccepted: false, isCancelAsked: false, progress };
}

function progressOf(status: Extract<JobStatus, { readonly state: 'queued' | 'running' }>): JobProgress {
  if (status.state === 'running') return { state: 'running', reason: '' };
  return { state: 'queued', reason: '', ...(status.position === undefined ? {} : { position: status.position }) };
}
