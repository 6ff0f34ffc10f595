import { randomBytes } from 'node:crypto';
import type {
  CircuitTask,
  Counts,
  QuoteResponse,
  RunSettings,
} from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { hashOf } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { RunAccepted } from '../domain/ledger/event.ts';
import {
  type Amount,
  type Caps,
  isWithin,
  type Ledger,
  type LedgerJob,
  type LedgerRun,
  MOST_TRIES,
} from '../domain/ledger/ledger.ts';
import { BudgetError } from './budget-error.ts';
import type { PlacedExecution } from './circuit-tasks.ts';
import type { DriverDeps } from './driver-deps.ts';
import { createDrivers } from './drivers.ts';
import { pricePlan } from './quote.ts';
import { encodePlan, encodeStoredRun, loadQuote, loadResults, planExecutions, type RunContent } from './stored-run.ts';
import type { StudyDriver } from './study-driver.ts';
import type { JobProgress } from './watched-jobs.ts';

/** A run as a caller asks for it. */
export interface RunRequest {
  readonly settings: RunSettings;
  readonly caps: Caps;
  readonly circuits: readonly CircuitTask[];
  /** The executions of `circuits`. */
  readonly executions: readonly PlacedExecution[];
}

/** What a caller of a run is told. */
export type RunNews =
  | { readonly kind: 'quote'; readonly quote: QuoteResponse }
  | { readonly kind: 'job'; readonly job: LedgerJob; readonly progress: JobProgress | undefined }
  | { readonly kind: 'counts'; readonly counts: Counts }
  | { readonly kind: 'summary'; readonly run: LedgerRun };

/** The runs of all studies of a log. */
export interface Runs {
  /**
   * Starts or continues a run, and tells what becomes of it until its end. Nothing is submitted before its journal has the run.
   * Rejects with DomainError: `not-found` for the backend, `invalid` for what it cannot run, `precondition` where the budget has
   * too little left, the run exists with other circuits, or a job has failed too often. Leaving it cancels nothing.
   */
  run(request: RunRequest, signal: AbortSignal): AsyncGenerator<RunNews>;
  /** Cancels a run, and waits until none of its jobs waits or runs. Rejects with DomainError `not-found`. */
  cancel(study: string, run: string, signal: AbortSignal): Promise<{ readonly cost: number; readonly jobs: number }>;
  /** Waits for the requests that are under way; nothing more is submitted. */
  close(): Promise<void>;
}

/** Opens the runs. */
export function createRuns(deps: DriverDeps): Runs {
  const drivers = createDrivers(deps);
  return {
    async *run(request, signal) {
      const { study, run: name } = request.settings;
      const held = await drivers.hold(study);
      try {
        const { run, quote, content } = await acceptRun(held.driver, request, deps, signal);
        yield { kind: 'quote', quote };
        held.driver.want(name, request.caps, content);
        yield* follow(held.driver, run, deps, signal);
      } finally {
        held.driver.unwant(name);
        held.release();
      }
    },
    async cancel(study, name, signal) {
      const held = await drivers.hold(study);
      try {
        return await cancelRun(held.driver, name, signal);
      } finally {
        held.release();
      }
    },
    close: drivers.close,
  };
}

/** The run in the journal, which it is written to where it is new. */
async function acceptRun(driver: StudyDriver, request: RunRequest, deps: DriverDeps, signal: AbortSignal) {
  const { settings, circuits, executions, caps } = request;
  const { backend: name, run, seed } = settings;
  const gate = deps.gates.get(name);
  if (gate === undefined) throw unknownBackend(name, [...deps.gates.keys()]);
  const bytes = encodeStoredRun({ backend: name, seed, circuits: [...circuits] });
  await driver.journal.catchUp();
  const known = driver.ledger.runs.get(run);
  if (known === undefined) {
    const priced = await pricePlan(
      executions.map(({ execution }) => execution),
      gate.backend,
      await gate.describe(signal),
    );
    const { plan, jobs, quote } = priced;
    const [storedRun, storedPlan] = await Promise.all([
      deps.artifacts.put(bytes),
      deps.artifacts.put(encodePlan(plan, quote)),
    ]);
    const nonce = randomBytes(12).toString('hex');
    const accepted = await driver.journal.append((ledger): RunAccepted | undefined => {
      if (ledger.runs.has(run)) return undefined;
      const event = { run, backend: name, nonce, request: storedRun, plan: storedPlan, jobs };
      requireRoom(ledger, { kind: 'run', ...event }, caps, quote.unit);
      return { kind: 'run', ...event };
    });
    if (accepted !== undefined) {
      const content: RunContent = { seed, planned: planExecutions(executions, plan) };
      return { run: runOf(driver, run), quote, content };
    }
  }
  const found = runOf(driver, run);
  if (found.accepted.request !== hashOf(bytes)) {
    throw new DomainError(
      'precondition',
      `run ${run}: exists with other settings or circuits; right would be another name`,
    );
  }
  // Its limits are needed to submit what is left.
  if (found.state === 'open') await gate.describe(signal);
  return { run: found, quote: await loadQuote(found.accepted, deps.artifacts), content: undefined };
}

function runOf(driver: StudyDriver, name: string): LedgerRun {
  const run = driver.ledger.runs.get(name);
  if (run === undefined) throw new DomainError('not-found', `run ${name}: study ${driver.study} has none of that name`);
  return run;
}

function requireRoom(ledger: Ledger, { run, backend, jobs }: RunAccepted, caps: Caps, unit: string): void {
  const committed = ledger.committed(backend);
  const asked: Amount = {
    cost: jobs.reduce((sum, { count, maxCost }) => sum + count * maxCost, 0),
    shots: jobs.reduce((sum, { count, shots }) => sum + count * shots, 0),
  };
  if (isWithin({ cost: committed.cost + asked.cost, shots: committed.shots + asked.shots }, caps)) return;
  const parts = [
    ...(caps.cost === undefined
      ? []
      : [
          `it may cost ${amount(asked.cost)} ${unit}, and ${amount(Math.max(0, caps.cost - committed.cost))} of ${amount(caps.cost)} are left`,
        ]),
    ...(caps.shots === undefined
      ? []
      : [`it takes ${asked.shots} shots, and ${Math.max(0, caps.shots - committed.shots)} of ${caps.shots} are left`]),
  ];
  throw new BudgetError(`run ${run}: exceeds the budget on ${backend}: ${parts.join('; ')}`);
}

const amount = (value: number): string => String(Number(value.toPrecision(10)));

const ENDED = 'ended';

/** Tells changes of jobs and results until the run ends. */
async function* follow(
  driver: StudyDriver,
  run: LedgerRun,
  deps: DriverDeps,
  signal: AbortSignal,
): AsyncGenerator<RunNews> {
  const { run: name } = run.accepted;
  /** What was told last of each job; `ended` for the end, after which nothing changes. */
  const told: string[] = [];
  /** Jobs before this one have ended, and were told. */
  let first = 0;
  for (;;) {
    const change = driver.changed(signal);
    const { state } = run;
    const isOver = run.unended.size === 0 && state !== 'open';
    const isBlocked = driver.isBlocked(name);
    while (told[first] === ENDED) first++;
    for (let at = first; at < run.jobs.length; at++) {
      const standing = run.jobs[at];
      if (told[standing.index] === ENDED) continue;
      // As it is now: the caller may take its time.
      const job = { ...standing };
      const { index, id, end } = job;
      const progress = driver.progressOf(run, job);
      const text = end === undefined ? JSON.stringify([id, progress]) : ENDED;
      if (told[index] === text) continue;
      told[index] = text;
      yield { kind: 'job', job, progress };
      if (end === undefined || end.results === '') continue;
      for (const counts of await loadResults(end.results, deps.artifacts)) yield { kind: 'counts', counts };
    }
    if (isOver) break;
    if (isBlocked) throw outOfBudget(run);
    await change;
    signal.throwIfAborted();
  }
  if (run.state === 'refused') throw new DomainError('invalid', `run ${name}: ${run.reason}`);
  if (run.state === 'failed') {
    const what = `a job failed ${MOST_TRIES} times, the last time because: ${run.reason}`;
    throw new DomainError('precondition', `run ${name}: ${what}; right would be another run`);
  }
  yield { kind: 'summary', run };
}

function outOfBudget({ accepted, cost }: LedgerRun): BudgetError {
  const what = `jobs that failed have cost ${amount(cost)}, and the budget on ${accepted.backend} has no room for the rest`;
  return new BudgetError(`run ${accepted.run}: ${what}; right would be a larger budget, or Cancel`);
}

async function cancelRun(driver: StudyDriver, name: string, signal: AbortSignal) {
  await driver.journal.catchUp();
  const run = runOf(driver, name);
  const unended = [...run.unended];
  await driver.journal.append(() => (run.state === 'open' ? { kind: 'cancelled', run: name } : undefined));
  driver.start();
  while (run.state === 'cancelling') {
    const change = driver.changed(signal);
    if (run.state !== 'cancelling') break;
    await change;
    signal.throwIfAborted();
  }
  const jobs = unended.filter((index) => run.jobs[index].end?.outcome === 'cancelled').length;
  return { cost: run.cost, jobs };
}

/** The error for a backend that is not configured. */
export function unknownBackend(name: string, known: readonly string[]): DomainError {
  return new DomainError(
    'not-found',
    `backend ${name}: is not configured; right would be ${[...known].sort().join(', ')}`,
  );
}
