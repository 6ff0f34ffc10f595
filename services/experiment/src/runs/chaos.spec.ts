import { createRandom } from '@qloom/random/random.ts';
import { type ChaosCase, drawFaults, runChaos, VALUES } from '../testing/chaos.ts';
import { problemsOf } from '../testing/chaos-problems.ts';

/** Faults of the vendor take at most 20 s to settle: 5 s of latency, 15 s until a job is found. */
const SETTLED = { isIdempotent: false, settleMs: 20_000 };
const IDEMPOTENT = { isIdempotent: true, settleMs: 0 };

/** Processes that are killed in all. */
const KILLS = 1000;

function caseOf(seed: number, submission = seed % 2 === 0 ? SETTLED : IDEMPOTENT): ChaosCase {
  const random = createRandom(`chaos ${seed}`);
  return {
    seed: `chaos ${seed}`,
    submission,
    faults: drawFaults(random),
    processes: 1 + random.integer(2),
    kills: 1 + random.integer(3),
    budget: [1, 1.3, 3][random.integer(3)],
  };
}

describe('runs under chaos', () => {
  it(`pay for no job twice, lose none and exceed no budget in ${KILLS} kills at random calls`, async () => {
    const faults = new Map<string, number>();
    const ends = { completed: 0, precondition: 0 };
    let killed = 0;
    for (let seed = 0; killed < KILLS; seed++) {
      const outcome = await runChaos(caseOf(seed));
      const problems = problemsOf(outcome, VALUES);
      if (problems.length > 0) throw new Error(`case ${seed}: ${problems.join('; ')}`);
      killed += outcome.killed;
      ends[outcome.ended]++;
      for (const [fault, count] of outcome.vendor.faults) faults.set(fault, (faults.get(fault) ?? 0) + count);
    }
    // Every fault happened, and most runs are completed in spite of them.
    expect([...faults.keys()].sort()).toEqual([
      'cancelled at the vendor',
      'failed',
      'limited',
      'lost reply',
      'reset',
      'unanswered',
    ]);
    expect(Math.min(...faults.values())).toBeGreaterThan(50);
    expect(ends.completed).toBeGreaterThan(ends.precondition);
  });

  it('would pay twice where a vendor settles later than it says', async () => {
    const hasty = { isIdempotent: false, settleMs: 0 };
    const found = new Set<string>();
    for (let seed = 0; seed < 40; seed++)
      for (const one of problemsOf(await runChaos(caseOf(seed, hasty)), VALUES)) found.add(one);
    expect([...found]).toContain('a job was paid for twice');
  });
});
