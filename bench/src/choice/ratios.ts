import { mean, standardDeviation } from '@qloom/agent/domain/maths/statistics.ts';
import { ratioByLabels } from '@qloom/agent/domain/selection/learned-defaults.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { type Cell, labelsOf, testOf } from '../augmentation/cells.ts';
import { accuracies, openQnn } from '../augmentation/qnn-arms.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import { moreIsBetter, type Row } from '../harness/row.ts';
import { CELLS } from './cells.ts';
import { pointsOfPrior } from './draw-outcome.ts';

const RATIOS = [0.25, 0.5, 1, 2, 4, 8];
/** Draws of labels of the quick run, and of `--full`. No report uses these seeds. */
const DRAWS = { quick: 4, full: 16 } as const;
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

async function measured(cell: Cell, draws: number): Promise<Row[]> {
  const test = testOf(cell);
  const qnn = await openQnn(test);
  const learned = ratioByLabels(cell.labels);
  const ratios = [...RATIOS, learned];
  const gains = ratios.map((): number[] => []);
  for (let draw = 0; draw < draws; draw++) {
    const real = labelsOf(cell, draw);
    const counts = (ratio: number) => classCounts(real).map((count) => Math.round(ratio * count));
    const added = await Promise.all(ratios.map((ratio) => pointsOfPrior(cell, real, counts(ratio), draw)));
    const arms = Object.fromEntries(added.map((points, i) => [`ratio ${i}`, points]));
    const scored = await accuracies(qnn, real, { real: undefined, ...arms }, test);
    gains.forEach((gain, i) => {
      gain.push(100 * (scored[`ratio ${i}`] - scored['real']));
    });
  }
  return RATIOS.map((ratio, arm) =>
    moreIsBetter({
      bench: 'ratios',
      case: cell.name,
      metric: `gain at ratio ${ratio}`,
      value: mean(gains[arm]),
      unit: 'points',
      peer: `learned default ${learned.toFixed(2)}`,
      peerValue: mean(gains[RATIOS.length]),
      note: `± ${(standardDeviation(gains[arm]) / Math.sqrt(draws)).toFixed(1)}`,
    }),
  );
}
