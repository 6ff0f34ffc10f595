import { mean, standardDeviation } from '@qloom/agent/domain/maths/statistics.ts';
import { LEARNED_DEFAULTS } from '@qloom/agent/domain/selection/learned-defaults.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import { moreIsBetter, type Row } from '../harness/row.ts';
import { CELLS, type Cell } from './cells.ts';
import { pointsOfPrior } from './draw-outcome.ts';
import { rightPredictions } from './train.ts';

const RATIOS = [0.25, 0.5, 1, 2, 4, 8];
/** Draws of labels of the quick run, and of `--full`. No report uses these seeds. */
const DRAWS = { quick: 4, full: 16, from: 1000 } as const;
const QNN_SEED = 1;
const NAMES = CELLS.map(({ name }) => name);

/** Gain in test accuracy by the number of points added for each label: the learned default of `synthRatio` is chosen here. */
export const ratiosBench: Bench = {
  description: 'gain on test points by the ratio of synthetic points, beside the learned default',
  options: `cell: a task and a number of labels, such as "${NAMES[0]}"; --full: ${DRAWS.full} draws instead of ${DRAWS.quick}`,
  parts({ only }) {
    checkKeys(only, ['cell']);
    return select(only, 'cell', NAMES);
  },
  async *run(progress, { full }, wanted) {
    for (const cell of CELLS.filter(({ name }) => wanted.has(name))) {
      progress(cell.name);
      yield { parts: [cell.name], rows: await measured(cell, full ? DRAWS.full : DRAWS.quick) };
    }
  },
};

async function measured({ name, task, labels, shots }: Cell, draws: number): Promise<Row[]> {
  const test = task.draw({ count: 1000, seed: 'choice', purpose: 'test' });
  const learned = LEARNED_DEFAULTS.find((row) => row.name === 'synthRatio')?.value(labels) ?? 1;
  const ratios = [...RATIOS, learned];
  const gains = ratios.map((): number[] => []);
  for (let draw = 0; draw < draws; draw++) {
    const seed = DRAWS.from + draw;
    const real = task.draw({ count: labels, seed });
    const counts = (ratio: number) => classCounts(real).map((count) => Math.round(ratio * count));
    const added = await Promise.all(ratios.map((ratio) => pointsOfPrior(real, shots, counts(ratio), seed)));
    const arms = [null, ...added];
    const right = await rightPredictions(arms.map((points) => ({ real, added: points, test, seed: QNN_SEED })));
    const accuracies = right.map((points) => 100 * mean([...points]));
    gains.forEach((gain, arm) => {
      gain.push(accuracies[arm + 1] - accuracies[0]);
    });
  }
  return RATIOS.map((ratio, arm) =>
    moreIsBetter({
      bench: 'ratios',
      case: name,
      metric: `gain at ratio ${ratio}`,
      value: mean(gains[arm]),
      unit: 'points',
      peer: `learned default ${learned.toFixed(2)}`,
      peerValue: mean(gains[RATIOS.length]),
      note: `± ${(standardDeviation(gains[arm]) / Math.sqrt(draws)).toFixed(1)}`,
    }),
  );
}
