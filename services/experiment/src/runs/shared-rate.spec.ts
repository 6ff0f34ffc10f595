import { createRandom } from '@qloom/random/random.ts';
import { createLogger } from '@qloom/service-kit/logger.ts';
import { rotations } from '../testing/circuit-tasks.ts';
import { createFakeVendor } from '../testing/fake-vendor.ts';
import { createManualClock, untilDone } from '../testing/manual-clock.ts';
import { createMemoryJournalLog } from '../testing/memory-log.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { createBackendGate } from './backend-gate.ts';
import { decodeCircuitTasks } from './circuit-tasks.ts';
import { createRuns } from './runs.ts';

const NEVER = new AbortController().signal;
const NONE = { limited: 0, reset: 0, lostReply: 0, unanswered: 0, failed: 0, cancelled: 0, latencyMs: 0, lateMs: 0 };
const PER_MINUTE = 5;
/** Of each process. */
const JOBS = 15;

it('processes with one account exceed its rate together, are told to wait, and end without a failure or a double payment', async () => {
  const clock = createManualClock();
  const [log, artifacts] = [createMemoryJournalLog(), createMemoryStore()];
  const submission = { isIdempotent: false, settleMs: 20_000 };
  const vendor = createFakeVendor({
    ...{ clock, random: createRandom(1), submission, faults: NONE, maxExecutions: 1, createsPerMinute: PER_MINUTE },
  });
  const circuits = [
    rotations(
      0,
      Array.from({ length: JOBS }, (_, i) => i % 4),
      10,
    ),
  ];
  const executions = await decodeCircuitTasks(circuits, NEVER);
  const processes = ['first', 'second'].map(async (study) => {
    const gates = new Map([['vendor', createBackendGate(vendor.backend, clock)]]);
    const logger = createLogger({ level: 'silent' });
    const runs = createRuns({ log, artifacts, gates, clock, logger, leaseMs: 10_000 });
    const settings = { backend: 'vendor', study, run: 'run', budget: undefined, seed: 1 };
    let results = 0;
    for await (const { kind } of runs.run({ settings, caps: {}, circuits, executions }, NEVER)) {
      if (kind === 'counts') results++;
    }
    await runs.close();
    return results;
  });
  expect(await untilDone(Promise.all(processes), clock)).toEqual([JOBS, JOBS]);

  const { jobs, faults } = vendor;
  expect(new Set(jobs.map(({ token }) => token)).size).toBe(2 * JOBS);
  expect(jobs).toHaveLength(2 * JOBS);
  jobs.forEach(({ acceptedAt }, i) => {
    if (i >= PER_MINUTE) expect(acceptedAt - jobs[i - PER_MINUTE].acceptedAt).toBeGreaterThanOrEqual(60_000);
  });
  // Each on its own stays within the rate, so that the vendor has to refuse; who was refused waits as long as it was told.
  const refused = faults.get('over the rate') ?? 0;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(2 * JOBS);
  // The rate takes five minutes for 30 jobs; half as much again is lost to the waits at most.
  expect(clock.elapsed()).toBeLessThan(1.5 * 60_000 * ((2 * JOBS) / PER_MINUTE));
});
