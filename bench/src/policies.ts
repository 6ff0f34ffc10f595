import { mean, standardDeviation } from '@qloom/agent/domain/maths/statistics.ts';
import { POLICY_NAMES } from '@qloom/agent/domain/policy/policy-table.ts';
import { runToy } from '@qloom/agent/domain/policy/toy/run-toy.ts';
import { interactingRates, narrowValley, type ToyBenchmark } from '@qloom/agent/domain/policy/toy/toy-benchmarks.ts';
import { openPolicies } from '@qloom/agent/testing/open-policies.ts';
import type { Bench } from './harness/bench.ts';
import { checkKeys, select } from './harness/only.ts';
import { lessIsBetter, type Row } from './harness/row.ts';

const FUNCTIONS = [interactingRates, narrowValley];
const EPISODES = ['32', '50'] as const;
const BATCH_SIZE = 4;
/** Seeds of the quick run, and of `--full`. */
const SEEDS = { quick: 20, full: 100 };
const PEER = 'random';

const partOf = ({ name }: ToyBenchmark, episodes: string): string => `${name}, ${episodes} episodes`;

/** Compares every policy on functions with a known optimum with random search with the same seeds. */
export const policiesBench: Bench = {
  description: 'what policies find within a short study, beside random search',
  options: `episodes: ${EPISODES.join(', ')}; --full: ${SEEDS.full} seeds instead of ${SEEDS.quick}`,
  parts({ only }) {
    checkKeys(only, ['episodes']);
    return FUNCTIONS.flatMap((toy) => select(only, 'episodes', EPISODES).map((episodes) => partOf(toy, episodes)));
  },
  async *run(progress, { full }, wanted) {
    for (const toy of FUNCTIONS) {
      for (const episodes of EPISODES) {
        const part = partOf(toy, episodes);
        if (!wanted.has(part)) continue;
        progress(part);
        yield { parts: [part], rows: await compare(part, toy, Number(episodes), full ? SEEDS.full : SEEDS.quick) };
      }
    }
  },
};

async function compare(part: string, toy: ToyBenchmark, episodes: number, seeds: number): Promise<Row[]> {
  const { policyNamed } = await openPolicies();
  // A quarter of the study is Sobol points, in whole batches.
  const sobolEpisodes = Math.floor(episodes / 4 / BATCH_SIZE) * BATCH_SIZE;
  const missed = async (name: string): Promise<number[]> => {
    const all: number[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const settings = { episodes, batchSize: BATCH_SIZE, sobolEpisodes, seed: `toy-${seed}` };
      // Both functions have the optimum 1.
      all.push(1 - (await runToy(policyNamed(name), toy, settings)));
    }
    return all;
  };
  const random = await missed(PEER);
  const rows: Row[] = [];
  for (const name of POLICY_NAMES.filter((known) => known !== PEER && known !== 'fixed')) {
    const ours = await missed(name);
    const better = ours.filter((value, seed) => value < random[seed]).length;
    rows.push(
      lessIsBetter({
        bench: 'policies',
        case: part,
        metric: `${name}: best score below the optimum`,
        value: mean(ours),
        unit: '',
        peer: PEER,
        peerValue: mean(random),
        note: `standard errors ${standardError(ours).toFixed(3)} and ${standardError(random).toFixed(3)}; better in ${better} of ${seeds} seeds`,
      }),
    );
  }
  return rows;
}

const standardError = (values: readonly number[]): number => standardDeviation(values) / Math.sqrt(values.length);
