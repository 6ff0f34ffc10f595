import { alternativeScore } from '@qloom/agent/domain/choice/alternative.ts';
import { byDimension } from '@qloom/agent/domain/choice/by-dimension.ts';
import { priorDimension } from '@qloom/agent/domain/choice/prior-dimension.ts';
import { balancedAccuracyOf } from '@qloom/agent/domain/evaluation/test-score.ts';
import { mean } from '@qloom/agent/domain/maths/statistics.ts';
import { fitClassTransfer } from '@qloom/datasets/manifold/class-transfer.ts';
import { runNow } from '@qloom/datasets/split/turns.ts';
import { freshDrawsTest } from '@qloom/metrics/statistics/mean-test.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows } from '@qloom/study/points/rows.ts';
import { type Cell, hiddenManifold, labelsOf, testOf, twoCurves } from '../augmentation/cells.ts';
import { accuracies, openQnn, type Qnn } from '../augmentation/qnn-arms.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import { moreIsBetter, type Row } from '../harness/row.ts';
import { crossValidation, scoreOfQnn } from './cross-validation.ts';

/** Tasks whose labels lie beside every density of a class: on curves, where the alternative helps, and on others, where it does not. */
const CELLS: readonly Cell[] = [
  ...[1, 2, 3, 6].map((world) => twoCurves(world, 40)),
  ...[18, 80].flatMap((labels) => [2, 3].map((world) => twoCurves(world, labels))),
  twoCurves(1, 320),
  ...[20, 40].flatMap((labels) => [1, 2].map((world) => hiddenManifold(world, labels, { manifold: 1 }))),
  hiddenManifold(1, 80, { manifold: 1 }),
  ...[1, 2].map((world) => hiddenManifold(world, 40, { manifold: 2 })),
  // Worlds that chose nothing.
  ...[4, 5].map((world) => twoCurves(world, 40)),
  ...[3, 4].map((world) => hiddenManifold(world, 40, { manifold: 1 })),
];
const NAMES = CELLS.map(({ name }) => name);

/** Draws: those on which the rule's number was chosen, and others (`--full`) that chose nothing. */
const DRAWS = { development: { from: 0, count: 12 }, fresh: { from: 4000, count: 24 } } as const;

/** What class transfer gains where the labels lie beside the prior, with the agent's rule and added always. */
export const alternativeBench: Bench = {
  description:
    "gain on test points of class transfer where the labels lie beside the prior's points, by the agent's rule",
  options: `cell: a task and a number of labels, such as "${NAMES[0]}"; --full: ${DRAWS.fresh.count} draws that chose nothing instead of ${DRAWS.development.count}`,
  parts({ only }) {
    checkKeys(only, ['cell']);
    return select(only, 'cell', NAMES);
  },
  async *run(progress, { full }, wanted) {
    for (const cell of CELLS.filter(({ name }) => wanted.has(name))) {
      progress(cell.name);
      yield { parts: [cell.name], rows: [await measured(cell, full ? DRAWS.fresh : DRAWS.development)] };
    }
  },
};

/** A draw of labels. */
interface Outcome {
  /** Whether the labels lie beside the prior's points, so that the alternative is considered. */
  readonly isBeside: boolean;
  /** Gain on test points, had its points been added. Unit: points. */
  readonly gain: number;
  /** The same in cross-validation inside the labels. */
  readonly validated: number;
  readonly isAhead: boolean;
}

async function measured(cell: Cell, { from, count }: { readonly from: number; readonly count: number }): Promise<Row> {
  const test = testOf(cell);
  const qnn = await openQnn(test);
  const outcomes: Outcome[] = [];
  for (let i = 0; i < count; i++) outcomes.push(await outcomeOf(qnn, cell, test, from + i));
  const considered = outcomes.filter(({ isBeside }) => isBeside);
  const gains = outcomes.map(({ isBeside, isAhead, gain }) => (isBeside && isAhead ? gain : 0));
  const added = considered.filter(({ isAhead }) => isAhead).length;
  const { estimate, low, high } = freshDrawsTest(gains, null);
  return moreIsBetter({
    bench: 'alternative',
    case: cell.name,
    metric: 'gain in test accuracy',
    value: estimate,
    unit: 'points',
    peer: 'added wherever it is considered',
    peerValue: mean(outcomes.map(({ isBeside, gain }) => (isBeside ? gain : 0))),
    note: `[${low.toFixed(1)}, ${high.toFixed(1)}]; added on ${added} of ${considered.length} draws where it is considered, of ${count}; there in cross-validation ${considered.length === 0 ? '–' : mean(considered.map(({ validated }) => validated)).toFixed(1)}`,
  });
}

async function outcomeOf(qnn: Qnn, cell: Cell, test: Points, draw: number): Promise<Outcome> {
  const { physical, expectations } = cell.task.descriptor;
  const real = labelsOf(cell, draw);
  const dimension = runNow(priorDimension(real, { physical, shots: expectations?.shots ?? 0 }, createRandom(draw)));
  const isBeside = byDimension.isBeside?.(dimension) ?? false;
  if (!isBeside) return { isBeside, gain: 0, validated: 0, isAhead: false };
  const transferred = (points: Points, key: string) => {
    const transfer = fitClassTransfer(points, physical);
    const random = createRandom(`alternative ${draw} ${key}`);
    return concatenateRows(classCounts(points).map((count, label) => transfer.draw(label, count, random.fork(label))));
  };
  const validation = crossValidation(real, draw);
  const without = await scoreOfQnn(qnn, validation);
  const withPoints = await scoreOfQnn(qnn, validation, (points, part) => transferred(points, `part ${part}`));
  const { score, isAhead } = alternativeScore(without, withPoints);
  const scored = await accuracies(qnn, real, { real: undefined, added: transferred(real, 'all') }, test);
  return {
    isBeside,
    gain: 100 * (scored['added'] - scored['real']),
    validated: 100 * (score - balancedAccuracyOf(without)),
    isAhead,
  };
}
