import { createRandom } from '@qloom/random/random.ts';
import { type ChaosCase, type ChaosOutcome, drawFaults, runChaos, VALUES } from '../testing/chaos.ts';

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

/** What is wrong with an outcome. */
function problemsOf({ vendor, run, counts, ended, caps, mostCommitted }: ChaosOutcome): string[] {
  const problems: string[] = [];
  const tokens = vendor.jobs.map(({ token }) => token);
  if (new Set(tokens).size !== tokens.length) problems.push('a job was paid for twice');
  const known = new Map(run.jobs.map((job) => [job.id, job.end]));
  for (const { id, cost } of vendor.jobs) {
    const end = known.get(id);
    if (end === undefined) problems.push(`job ${id} is lost`);
    else if (end.cost !== cost) problems.push(`job ${id} was charged ${cost}, and the journal has ${end.cost}`);
  }
  const rounding = 1 + 1e-12;
  if (vendor.charged() > caps.cost * rounding || mostCommitted > caps.cost * rounding)
    problems.push('the budget is exceeded');
  if (run.shots > caps.shots) problems.push('the budget of shots is exceeded');
  if (ended === 'completed') {
    const got = counts?.map(({ circuit, row, outcomes }) => [4 * circuit + row, Number(outcomes[0])]) ?? [];
    const expected = VALUES.map((value, i) => [i, value]);
    if (JSON.stringify(got.sort()) !== JSON.stringify(expected))
      problems.push(`the results are ${JSON.stringify(got)}`);
  }
  return problems;
}

describe('runs under chaos', () => {
  it(`pay for no job twice, lose none and exceed no budget in ${KILLS} kills at random calls`, async () => {
    const faults = new Map<string, number>();
    const ends = { completed: 0, precondition: 0 };
    let killed = 0;
    for (let seed = 0; killed < KILLS; seed++) {
      const outcome = await runChaos(caseOf(seed));
      const problems = problemsOf(outcome);
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
      for (const one of problemsOf(await runChaos(caseOf(seed, hasty)))) found.add(one);
    expect([...found]).toContain('a job was paid for twice');
  });
});
