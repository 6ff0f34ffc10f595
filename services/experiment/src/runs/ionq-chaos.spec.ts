import { createRandom } from '@qloom/random/random.ts';
import { drawFaults, runChaos } from '../testing/chaos.ts';
import { problemsOf } from '../testing/chaos-problems.ts';
import { openIonqVendor } from '../testing/ionq-chaos.ts';

/** Processes that are killed in all. */
const KILLS = 60;

/** Outcomes of the circuits, which are certain: half turns. */
const BITS = [1, 0, 1, 1, 0, 0, 1];

it(`the adapter of IonQ pays for no job twice and loses none in ${KILLS} kills beside an emulator with faults`, async () => {
  const faults = new Map<string, number>();
  let [killed, completed, cases] = [0, 0, 0];
  for (let seed = 0; killed < KILLS; seed++, cases++) {
    const random = createRandom(`ionq chaos ${seed}`);
    const outcome = await runChaos(
      {
        seed: `ionq chaos ${seed}`,
        // The adapter has rules of its own.
        submission: { isIdempotent: false, settleMs: 20_000 },
        faults: drawFaults(random),
        processes: 1 + random.integer(2),
        kills: 1 + random.integer(3),
        budget: [1, 1.3, 3][random.integer(3)],
      },
      openIonqVendor,
      BITS.map((bit) => bit * Math.PI),
    );
    const problems = problemsOf(outcome, BITS);
    if (problems.length > 0) throw new Error(`case ${seed}: ${problems.join('; ')}`);
    killed += outcome.killed;
    if (outcome.ended === 'completed') completed++;
    for (const [fault, count] of outcome.vendor.faults) faults.set(fault, (faults.get(fault) ?? 0) + count);
  }
  expect([...faults.keys()].sort()).toEqual(['failed', 'limited', 'lost reply', 'reset', 'unanswered']);
  expect(completed).toBeGreaterThan(cases / 2);
}, 120_000);
