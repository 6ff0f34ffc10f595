import type { JobEnded, JobIntended, JournalEvent, RunAccepted } from './event.ts';

/** How often a planned job is submitted, as another job each time, before its run has failed. */
export const MOST_TRIES = 3;

/** A job that the journal has. */
export interface LedgerJob {
  readonly run: string;
  readonly index: number;
  readonly planned: number;
  /** The last intent. */
  readonly intent: JobIntended;
  /** The backend's identifier; undefined before it is known. */
  readonly id?: string;
  readonly end?: JobEnded;
}

/** A planned job. */
interface PlannedJob {
  readonly shots: number;
  readonly maxCost: number;
  /** Indices of the jobs that were intended for it. */
  readonly tries: readonly number[];
  readonly isCompleted: boolean;
}

/**
 * State of a run:
 * - `open`: jobs are due, or have not ended
 * - `completed`: every planned job has results
 * - `cancelling`, `cancelled`: it was cancelled, with and without jobs that have not ended
 * - `refused`: the backend will never accept a job
 * - `failed`: a planned job failed {@link MOST_TRIES} times
 */
type RunState = 'open' | 'completed' | 'cancelling' | 'cancelled' | 'refused' | 'failed';

/** A run that the journal has. */
export interface LedgerRun {
  readonly accepted: RunAccepted;
  readonly planned: readonly PlannedJob[];
  readonly jobs: readonly LedgerJob[];
  /** Indices of planned jobs that may be submitted now. */
  readonly due: ReadonlySet<number>;
  /** Indices of jobs that have not ended. */
  readonly unended: ReadonlySet<number>;
  readonly state: RunState;
  /** Why it was refused or failed; empty otherwise. */
  readonly reason: string;
  /** What its ended jobs were charged. */
  readonly cost: number;
  /** Shots that its ended jobs have taken. */
  readonly shots: number;
}

/** An amount of a budget. */
export interface Amount {
  readonly cost: number;
  readonly shots: number;
}

/** The caps of a study on one backend; an absent one caps nothing. */
export interface Caps {
  readonly cost?: number;
  readonly shots?: number;
}

/** Relative error that sums of costs in float64 may have: far below the price of one shot. */
const ROUNDING = 1e-9;

/** Whether an amount is within the caps. */
export function isWithin({ cost, shots }: Amount, caps: Caps): boolean {
  return (
    (caps.cost === undefined || cost <= caps.cost * (1 + ROUNDING)) && (caps.shots === undefined || shots <= caps.shots)
  );
}

/** The same with changes allowed. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };
type OwnPlanned = Omit<Writable<PlannedJob>, 'tries'> & { tries: number[] };
interface OwnRun extends Omit<Writable<LedgerRun>, 'planned' | 'jobs' | 'due' | 'unended' | 'state'> {
  planned: OwnPlanned[];
  jobs: Writable<LedgerJob>[];
  due: Set<number>;
  unended: Set<number>;
  completed: number;
  isCancelled: boolean;
  hasFailed: boolean;
  isRefused: boolean;
  /** What its planned jobs without results and its jobs without an end may still take. */
  reservedCost: number;
  reservedShots: number;
  readonly state: RunState;
}

/**
 * The runs, jobs and costs of a study: the fold of its journal. Every state follows from the events alone, in their order, whoever
 * wrote them. An event that contradicts those before it changes nothing; since each event is written by who has read all before it,
 * none does.
 */
export interface Ledger {
  readonly runs: ReadonlyMap<string, LedgerRun>;
  apply(event: JournalEvent): void;
  /**
   * What the study has committed on a backend: what its ended jobs were charged, the most that jobs without an end may cost, and
   * the most that the planned jobs of its open runs may cost that have no results yet.
   */
  committed(backend: string): Amount;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const runs = new Map<string, OwnRun>();
  const writers: { readonly [K in JournalEvent['kind']]: (event: Extract<JournalEvent, { kind: K }>) => void } = {
    run(accepted) {
      if (!runs.has(accepted.run)) runs.set(accepted.run, newRun(accepted));
    },
    intent(event) {
      const run = runs.get(event.run);
      if (run !== undefined) applyIntent(run, event);
    },
    submitted({ run: name, job: index, id }) {
      const job = runs.get(name)?.jobs[index];
      if (job !== undefined && job.id === undefined && job.end === undefined) job.id = id;
    },
    ended(event) {
      const run = runs.get(event.run);
      if (run !== undefined) applyEnd(run, event);
    },
    cancelled({ run: name }) {
      const run = runs.get(name);
      if (run !== undefined && run.state === 'open') {
        run.isCancelled = true;
        close(run);
      }
    },
  };
  return {
    runs,
    apply: (event) => (writers[event.kind] as (event: JournalEvent) => void)(event),
    committed(backend) {
      let [cost, shots] = [0, 0];
      for (const run of runs.values()) {
        if (run.accepted.backend !== backend) continue;
        cost += run.cost + run.reservedCost;
        shots += run.shots + run.reservedShots;
      }
      return { cost, shots };
    },
  };
}

function newRun(accepted: RunAccepted): OwnRun {
  const planned = accepted.jobs.flatMap(({ count, shots, maxCost }) =>
    Array.from({ length: count }, (): OwnPlanned => ({ shots, maxCost, tries: [], isCompleted: false })),
  );
  return {
    accepted,
    planned,
    jobs: [],
    due: new Set(planned.keys()),
    unended: new Set(),
    completed: 0,
    isCancelled: false,
    hasFailed: false,
    isRefused: false,
    reason: '',
    cost: 0,
    shots: 0,
    reservedCost: accepted.jobs.reduce((sum, { count, maxCost }) => sum + count * maxCost, 0),
    reservedShots: accepted.jobs.reduce((sum, { count, shots }) => sum + count * shots, 0),
    get state() {
      if (this.isRefused) return 'refused';
      if (this.hasFailed) return 'failed';
      if (this.completed === this.planned.length) return 'completed';
      if (this.isCancelled) return this.unended.size > 0 ? 'cancelling' : 'cancelled';
      return 'open';
    },
  };
}

function applyIntent(run: OwnRun, event: JobIntended): void {
  const known = run.jobs[event.job];
  if (known !== undefined) {
    const isNext = known.id === undefined && known.end === undefined && event.attempt === known.intent.attempt + 1;
    if (isNext && known.planned === event.planned) known.intent = event;
    return;
  }
  if (event.job !== run.jobs.length || !run.due.has(event.planned)) return;
  run.jobs.push({ run: event.run, index: event.job, planned: event.planned, intent: event });
  run.planned[event.planned].tries.push(event.job);
  run.due.delete(event.planned);
  run.unended.add(event.job);
}

function applyEnd(run: OwnRun, event: JobEnded): void {
  const job = run.jobs[event.job];
  if (job === undefined || job.end !== undefined) return;
  job.end = event;
  run.unended.delete(event.job);
  run.cost += event.cost;
  run.shots += event.shots;
  const planned = run.planned[job.planned];
  const wasOpen = run.state === 'open';
  if (event.outcome === 'completed') {
    planned.isCompleted = true;
    run.completed++;
    release(run, planned);
    return;
  }
  if (event.outcome === 'refused') {
    run.isRefused = true;
    run.reason = event.reason;
  } else if (wasOpen && planned.tries.length >= MOST_TRIES) {
    run.hasFailed = true;
    run.reason = event.reason;
  } else if (wasOpen) {
    // Its reservation stays, for the job that is submitted in its place.
    run.due.add(job.planned);
    return;
  }
  release(run, planned);
  close(run);
}

/** Nothing of the planned jobs that have no job will be submitted. */
function close(run: OwnRun): void {
  for (const planned of run.due) release(run, run.planned[planned]);
  run.due.clear();
}

function release(run: OwnRun, { maxCost, shots }: PlannedJob): void {
  run.reservedCost = Math.max(0, run.reservedCost - maxCost);
  run.reservedShots -= shots;
}

/** The token of a job: the same in every attempt, and no other job of any log has it. */
export function tokenOf({ accepted }: LedgerRun, job: number): string {
  return `qloom-${accepted.nonce}-${job}`;
}
