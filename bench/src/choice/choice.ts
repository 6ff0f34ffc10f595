import { byClassifier } from '@qloom/agent/domain/choice/by-classifier.ts';
import { byDimension } from '@qloom/agent/domain/choice/by-dimension.ts';
import { differenceOf } from '@qloom/agent/domain/choice/paired-scores.ts';
import { mean, standardDeviation } from '@qloom/agent/domain/maths/statistics.ts';
import { type Cell, testOf } from '../augmentation/cells.ts';
import { openQnn } from '../augmentation/qnn-arms.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import { moreIsBetter, type Row } from '../harness/row.ts';
import { CELLS } from './cells.ts';
import { type DrawOutcome, drawOutcome } from './draw-outcome.ts';

/** Draws of labels of the quick run, and of `--full`. No report uses these seeds. */
const DRAWS = { quick: 4, full: 12 } as const;
const NAMES = CELLS.map(({ name }) => name);

/** What the rule gains by which points are added or not, beside adding them always. Choose its numbers here. */
export const choiceBench: Bench = {
  description: 'gain on test points with points added by the rule of the choice, beside adding them always',
  options: `cell: a task and a number of labels, such as "${NAMES[0]}"; --full: ${DRAWS.full} draws instead of ${DRAWS.quick}`,
  parts({ only }) {
    checkKeys(only, ['cell']);
    return select(only, 'cell', NAMES);
  },
  async *run(progress, { full }, wanted) {
    for (const cell of CELLS.filter(({ name }) => wanted.has(name))) {
      progress(cell.name);
      yield { parts: [cell.name], rows: [await measured(cell, full ? DRAWS.full : DRAWS.quick)] };
    }
  },
};

async function measured(cell: Cell, draws: number): Promise<Row> {
  const test = testOf(cell);
  const qnn = await openQnn(test);
  const outcomes: DrawOutcome[] = [];
  for (let draw = 0; draw < draws; draw++) outcomes.push(await drawOutcome(qnn, cell, test, draw));
  const utility = { value: 0, standardError: 0, interval: [0, 0], lossRealOnly: 0, lossAugmented: 0 } as const;
  const gain = (adds: (outcome: DrawOutcome) => boolean) =>
    100 * mean(outcomes.map((outcome) => (adds(outcome) ? outcome.added - outcome.real : 0)));
  const isAdded = (outcome: DrawOutcome) => byDimension.adds({ utility, ...outcome });
  const isKnown = (outcome: DrawOutcome) => byClassifier.adds({ utility, ...outcome });
  const isAhead = ({ scores }: DrawOutcome) => differenceOf(scores).classifier > differenceOf(scores).qnn;
  const oracle = 100 * mean(outcomes.map((outcome) => outcome.oracle - outcome.real));
  const error = standardDeviation(outcomes.map((outcome) => 100 * (outcome.added - outcome.real))) / Math.sqrt(draws);
  return moreIsBetter({
    bench: 'choice',
    case: cell.name,
    metric: 'gain in test accuracy',
    value: gain(isAdded),
    unit: 'points',
    peer: 'always added',
    peerValue: gain(() => true),
    note: `± ${error.toFixed(1)}; added on ${outcomes.filter(isAdded).length} of ${draws} draws; by classifiers alone ${gain(isKnown).toFixed(1)}, ${outcomes.filter(isKnown).length} draws; LDA above QNN ${gain(isAhead).toFixed(1)}; oracle ${oracle.toFixed(1)}`,
  });
}
