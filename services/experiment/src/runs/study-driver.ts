import { randomUUID } from 'node:crypto';
import { NotAcceptedError } from '../domain/backend/errors.ts';
import { type Caps, isWithin, type Ledger, type LedgerJob, type LedgerRun } from '../domain/ledger/ledger.ts';
import type { BackendGate } from './backend-gate.ts';
import type { DriverDeps } from './driver-deps.ts';
import { createJobSteps, gateKey, type JobSteps } from './job-steps.ts';
import { type Journal, openJournal } from './journal.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { createRunContents, type RunContents } from './run-contents.ts';
import type { RunContent } from './stored-run.ts';
import {
  createWatchedJobs,
  faultDelayMs,
  type JobProgress,
  keyOf,
  type WatchedJob,
  type WatchedJobs,
} from './watched-jobs.ts';

/** Most requests to backends at once, for one study. */
const MOST_AT_ONCE = 16;

/** Longest wait before it is seen that another study has left room for a job. Unit: milliseconds. */
const ROOM_MS = 1_000;

/** Longest time for which what other processes write is not seen while there are steps to do. Unit: milliseconds. */
const FRESH_MS = 100;

/** Why a wait is given up; a reason that is made once costs no trace of the stack. */
const OVER = new Error('something has changed');

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
  readonly #watched: WatchedJobs;
  readonly #contents: RunContents;
  readonly #steps: JobSteps;
  readonly #busy = new Map<string, Promise<void>>();
  #faults = 0;
  /** The journal was read so lately that it is not read again before then. */
  #freshUntil = Number.NEGATIVE_INFINITY;
  /** No new job before then: an intent could not be written. */
  #pausedUntil = 0;
  #loop: Promise<void> | undefined;

  private constructor(study: string, deps: DriverDeps, journal: Journal, news: Notifier) {
    this.study = study;
    this.#deps = deps;
    this.#journal = journal;
    this.#news = news;
    const watched = createWatchedJobs(deps.clock);
    const contents = createRunContents(deps.artifacts, this.#stop.signal);
    this.#watched = watched;
    this.#contents = contents;
    this.#steps = createJobSteps({
      study,
      deps,
      journal,
      contents,
      watched,
      isWanted: (run) => this.#wanted.has(run),
      pause: (ms) => {
        this.#pausedUntil = deps.clock.elapsed() + ms;
      },
      signal: this.#stop.signal,
    });
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

  /** What is known of a job that has not ended. */
  progressOf(run: LedgerRun, job: LedgerJob): JobProgress | undefined {
    return this.#watched.get(run, job.planned)?.progress;
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
    if (content !== undefined) this.#contents.set(run, content);
    this.#watched.hurry(run);
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
    for (const run of this.ledger.runs.values()) {
      const { accepted, unended, jobs } = run;
      for (const index of unended)
        this.#deps.gates.get(accepted.backend)?.remove(gateKey(this.study, run, jobs[index].planned));
    }
  }

  async #work(): Promise<void> {
    const { clock, logger } = this.#deps;
    while (!this.#stop.signal.aborted) {
      const change = this.#news.next(this.#stop.signal);
      let waitMs = Number.POSITIVE_INFINITY;
      try {
        const freshMs = await this.#catchUp();
        waitMs = Math.min(freshMs, this.#startDue());
        this.#faults = 0;
      } catch (error) {
        waitMs = faultDelayMs(++this.#faults);
        logger.warn('the journal of experiments cannot be read; it is tried again', { study: this.study, error });
      }
      if (waitMs === Number.POSITIVE_INFINITY) await change;
      else {
        const over = new AbortController();
        const signal = AbortSignal.any([over.signal, this.#stop.signal]);
        await Promise.race([change, clock.sleep(Math.max(1, waitMs), signal)]);
        over.abort(OVER);
      }
    }
  }

  /**
   * Reads what other processes have written, unless that was done a moment ago: an append finds it too. Returns the time until it is due,
   * Infinity where it was done. Unit: milliseconds.
   */
  async #catchUp(): Promise<number> {
    const now = this.#deps.clock.elapsed();
    if (now < this.#freshUntil) return this.#freshUntil - now;
    await this.#journal.catchUp();
    this.#freshUntil = now + FRESH_MS;
    return Number.POSITIVE_INFINITY;
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
      gate.add(gateKey(this.study, run, job.planned));
      const watched = this.#watched.watch(run, job, gate);
      if (run.state === 'cancelling' && !watched.isCancelAsked && job.id !== undefined) watched.at = now;
      if (watched.at > now) wait = Math.min(wait, watched.at - now);
      else if (this.#busy.size < MOST_AT_ONCE)
        this.#start(key, watched, () => this.#steps.settle({ run, job, planned: job.planned, gate, watched }));
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
      const waitMs = gate.take(gateKey(this.study, run, planned));
      // Another study may end the job that is waited for.
      if (waitMs > 0) return Math.min(waitMs, ROOM_MS);
      const watched = this.#watched.add(run, planned);
      this.#start(key, watched, () => this.#steps.begin({ run, planned, gate, watched }, caps));
    }
    return Number.POSITIVE_INFINITY;
  }

  #start(key: string, watched: WatchedJob, step: () => Promise<void>): void {
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
}
