import { StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom } from '@qloom/random/random.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { createWorld, smallStudy, startStandIns } from '../testing/world.ts';
import { storeDataset } from './data/datasets.ts';

const ID = 'rare';
/** 16 labels, [12, 4]. Every fold, of the search and of the outer split, trains on [6, 2]. */
const RARE = Int32Array.from({ length: 20 }, (_, i) => Number(i % 4 === 3));
/** A quarter of 8 points: two, of which exact shares would give the rare class half a point. */
const RATIO = 0.25;

/** One Sample call: what was fitted on which points of each class, and what is asked for. */
interface Sampled {
  readonly seed: number;
  readonly fit: string;
  readonly classCounts: readonly number[];
}

/** Runs a study on labels with a rare class. Returns every Sample call, and the seeds of those of the search. */
async function runStudy(): Promise<{ sampled: readonly Sampled[]; searchSeeds: ReadonlySet<number> }> {
  const sampled: Sampled[] = [];
  const standIns = await startStandIns({
    onSample({ seed, classCounts }, { configuration, y }) {
      const real = [0, 1].map((label) => y.filter((of) => of === label).length);
      sampled.push({ seed, fit: JSON.stringify({ configuration, real }), classCounts: [...classCounts] });
    },
  });
  const world = await createWorld(standIns);
  try {
    const random = createRandom(0);
    const x = Float64Array.from({ length: 2 * RARE.length }, (_, i) => 2 * RARE[i >> 1] + random.normal());
    const points = { count: RARE.length, features: 2, classes: 2, x, y: RARE };
    const dataset = await storeDataset(world.artifacts, points, DataDescription.fromPartial({}));
    const source = { $case: 'dataset', value: dataset } as const;
    const data = { source, labelBudget: 16, testSize: 4, identicalRows: 0 as const };
    const space = [
      { name: 'synthRatio', fixed: { value: { $case: 'real' as const, value: RATIO } }, choices: [], ifOffered: false },
    ];
    world.start();
    await world.agent.createStudy({ id: ID, settings: smallStudy({ data, space }) });
    const study = await world.finished(ID);
    expect([study.state, study.message]).toEqual([StudyState.FINISHED, 'finished']);
    const slots = (await world.episodeLog.replay(ID)).filter(({ key }) => key.slot === 'fit').map(decodeSlot);
    const folds = slots.flatMap(({ facts }) => (facts?.$case === 'fit' ? facts.value.folds : []));
    return { sampled, searchSeeds: new Set(folds.map(({ sampleSeed }) => sampleSeed)) };
  } finally {
    await world.stop();
    await standIns.stop();
  }
}

/** Class counts that were asked for, by what was fitted. */
function countsByFit(calls: readonly Sampled[]): Map<string, Set<string>> {
  const counts = new Map<string, Set<string>>();
  for (const { fit, classCounts } of calls) {
    counts.set(fit, (counts.get(fit) ?? new Set()).add(JSON.stringify(classCounts)));
  }
  return counts;
}

describe('the points of each class that a generator is asked for', () => {
  it('are the same in the search and in the final evaluation, for the same configuration and labels', async () => {
    const { sampled, searchSeeds } = await runStudy();
    const search = countsByFit(sampled.filter(({ seed }) => searchSeeds.has(seed)));
    const evaluation = countsByFit(sampled.filter(({ seed }) => !searchSeeds.has(seed)));
    const inBoth = [...search.keys()].filter((fit) => evaluation.has(fit));
    expect(inBoth).not.toEqual([]);
    for (const fit of inBoth) {
      expect([fit, search.get(fit), evaluation.get(fit)]).toEqual([fit, new Set(['[1,1]']), new Set(['[1,1]'])]);
    }
  });
});
