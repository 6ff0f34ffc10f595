import type { Counts } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import { errorCodeOf } from '@qloom/service-kit/faults/errors.ts';
import { createLogger } from '@qloom/service-kit/logger.ts';
import type { ExperimentBackend, SubmissionRules } from '../domain/backend/backend.ts';
import type { LedgerRun } from '../domain/ledger/ledger.ts';
import { createBackendGate } from '../runs/backend-gate.ts';
import { decodeCircuitTasks } from '../runs/circuit-tasks.ts';
import { openJournal } from '../runs/journal.ts';
import { createRuns, type RunRequest } from '../runs/runs.ts';
import { rotations } from './circuit-tasks.ts';
import { createFakeVendor, type VendorFaults } from './fake-vendor.ts';
import { createManualClock, type ManualClock, untilDone } from './manual-clock.ts';
import { createMemoryJournalLog } from './memory-log.ts';
import { createMemoryStore } from './memory-store.ts';
import { createLife, type Kill } from './mortal.ts';

/** A vendor that outlives the processes that call it. */
interface ChaosVendor {
  /** The adapter of a process; another one each time that it is asked for, where adapters hold something. */
  readonly backend: ExperimentBackend;
  /** The jobs that were accepted, each of which is paid. */
  readonly jobs: readonly { readonly id: string; readonly token: string; readonly cost: number }[];
  /** How often each fault happened. */
  readonly faults: ReadonlyMap<string, number>;
  /** What all its jobs are charged. */
  charged(): number;
  /** What so many jobs with so many shots in all are expected to cost. */
  costOf(jobs: number, shots: number): number;
  /** Resolves once no request is on its way; absent where requests take no time. */
  settled?(): Promise<void>;
  close?(): Promise<void>;
}

/** Starts a vendor of a case, which has jobs of two executions. `onAccept` is called when a job was accepted. */
export type OpenVendor = (
  given: Pick<ChaosCase, 'submission' | 'faults'> & {
    readonly clock: ManualClock;
    readonly random: Random;
    readonly onAccept: () => void;
  },
) => ChaosVendor | Promise<ChaosVendor>;

const openFakeVendor: OpenVendor = (given) => createFakeVendor({ ...given, maxExecutions: 2 });

/** One case of chaos. */
export interface ChaosCase {
  readonly seed: string;
  readonly submission: SubmissionRules;
  readonly faults: VendorFaults;
  /** Processes that work at once. */
  readonly processes: number;
  /** How many of them are killed, each at a random call. */
  readonly kills: number;
  /** The budget, in parts of what the run is expected to cost. */
  readonly budget: number;
}

/** What became of a case. */
export interface ChaosOutcome {
  readonly vendor: ChaosVendor;
  readonly run: LedgerRun;
  /** The counts that the last caller got; undefined where the run could not be completed. */
  readonly counts: readonly Counts[] | undefined;
  /** How the run ended for its last caller. */
  readonly ended: 'completed' | 'precondition';
  readonly caps: { readonly cost: number; readonly shots: number };
  /** The most that was charged, or could be for jobs that were pending, at any acceptance. */
  readonly mostCommitted: number;
  /** Processes that were killed. */
  readonly killed: number;
}

/** Inputs of the circuits of every case: the vendor in memory returns them as outcomes. */
export const VALUES: readonly number[] = [3, 1, 4, 1, 5, 9, 2];

const NEVER = new AbortController().signal;
const LEASE_MS = 10_000;

/** Runs a case to its end, by default with the vendor in memory; `inputs` are those of its seven circuits. */
export async function runChaos(
  given: ChaosCase,
  open: OpenVendor = openFakeVendor,
  inputs: readonly number[] = VALUES,
): Promise<ChaosOutcome> {
  const random = createRandom(given.seed);
  const clock = createManualClock();
  const log = createMemoryJournalLog();
  const store = createMemoryStore();
  let mostCommitted = 0;
  const vendor = await open({
    clock,
    random: random.fork('vendor'),
    submission: given.submission,
    faults: given.faults,
    onAccept: () => {
      mostCommitted = Math.max(mostCommitted, vendor.charged());
    },
  });
  const circuits = [rotations(0, inputs.slice(0, 4), 100), rotations(1, inputs.slice(4), 250)];
  const executions = await decodeCircuitTasks(circuits, NEVER);
  const full = executions.reduce((sum, { execution }) => sum + execution.shots, 0);
  // Seven executions in jobs of two.
  const caps = { cost: given.budget * vendor.costOf(4, full), shots: Math.floor(given.budget * full) };
  const settings = { backend: 'vendor', study: 'chaos', run: 'run', budget: undefined, seed: 1 };
  const request: RunRequest = { settings, caps, circuits, executions };

  let killed = 0;
  let left = given.kills;
  const nextKill = (): Kill | undefined =>
    left-- > 0 ? { atCall: 1 + random.integer(60), when: random.uniform() < 0.5 ? 'before' : 'after' } : undefined;
  const processes = Array.from({ length: given.processes }, async () => {
    for (;;) {
      const life = createLife(nextKill());
      const over = callUntilEnd(life.wrap, request, { clock, log, store, vendor });
      const outcome = await Promise.race([over, life.death.then(() => undefined)]);
      if (outcome !== undefined) return outcome;
      killed++;
      await clock.sleep(random.uniform() * 30_000, NEVER);
    }
  });
  const outcomes = await untilDone(Promise.all(processes), clock, vendor.settled).finally(() => vendor.close?.());
  const journal = await openJournal(log, 'chaos', { owner: 'reader', now: clock.now });
  const run = journal.ledger.runs.get('run');
  if (run === undefined) throw new Error('the journal has no run');
  return { vendor, run, caps, mostCommitted, killed, ...outcomes[0] };
}

/** A process that calls Run until it has an end that another call would not change. */
async function callUntilEnd(
  wrap: <T extends object>(target: T) => T,
  request: RunRequest,
  world: {
    readonly clock: ManualClock;
    readonly log: ReturnType<typeof createMemoryJournalLog>;
    readonly store: ReturnType<typeof createMemoryStore>;
    readonly vendor: ChaosVendor;
  },
): Promise<Pick<ChaosOutcome, 'counts' | 'ended'>> {
  const { clock } = world;
  const gate = createBackendGate(wrap(world.vendor.backend), clock);
  const runs = createRuns({
    log: wrap(world.log),
    artifacts: wrap(world.store),
    gates: new Map([['vendor', gate]]),
    clock,
    logger: createLogger({ level: 'silent' }),
    leaseMs: LEASE_MS,
  });
  for (;;) {
    const counts: Counts[] = [];
    try {
      for await (const news of runs.run(request, NEVER)) if (news.kind === 'counts') counts.push(news.counts);
      return { counts, ended: 'completed' };
    } catch (error) {
      if (errorCodeOf(error) === 'precondition') return { counts: undefined, ended: 'precondition' };
      if (errorCodeOf(error) !== undefined || error instanceof TypeError) throw error;
      await clock.sleep(1000, NEVER);
    }
  }
}

/** Faults of a vendor as they are drawn for a case. */
export function drawFaults(random: Random): VendorFaults {
  const probability = (): number => random.uniform() * 0.3;
  return {
    limited: probability(),
    reset: probability(),
    lostReply: probability(),
    unanswered: probability(),
    failed: random.uniform() * 0.2,
    cancelled: random.uniform() * 0.1,
    latencyMs: 5_000,
    lateMs: 15_000,
  };
}
