import { choiceFolds } from '@qloom/agent/domain/choice/choice-folds.ts';
import type { TestScore } from '@qloom/agent/domain/evaluation/test-score.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import { type Qnn, train } from '../augmentation/qnn-arms.ts';

/** One fold of one repeat. */
interface Part {
  readonly points: Points;
  readonly heldOut: Points;
  /** Seed of what is trained on it. */
  readonly seed: number;
}

/** The divisions of some labels for the cross-validation of a choice, as the agent makes them. */
export interface CrossValidation {
  readonly parts: readonly Part[];
  /** Shares of the repeats in which each label was predicted right, by what was trained on each part; shape [classes][labels]. */
  score(predicted: readonly Int32Array[]): TestScore;
}

/** Divides the labels `real`. */
export function crossValidation(real: Points, seed: number): CrossValidation {
  const folds = choiceFolds(real, false, createRandom(`choice ${seed}`));
  const rows = folds.flatMap((division, repeat) => division.map((fold) => ({ ...fold, repeat })));
  const parts = rows.map(({ train: own, heldOut, repeat }) => ({
    points: selectRows(real, own),
    heldOut: selectRows(real, heldOut),
    seed: 1000 * seed + repeat,
  }));
  return {
    parts,
    score(predicted) {
      const shares = new Float64Array(real.count);
      rows.forEach(({ heldOut }, i) => {
        heldOut.forEach((row, at) => {
          shares[row] += Number(predicted[i][at] === real.y[row]) / folds.length;
        });
      });
      return Array.from({ length: real.classes }, (_, label) => shares.filter((_, row) => real.y[row] === label));
    },
  };
}

/** The QNN on each part with the points that `added` makes from it, or without any. */
export async function scoreOfQnn(
  qnn: Qnn,
  { parts, score }: CrossValidation,
  added?: (points: Points, part: number) => Points,
): Promise<TestScore> {
  const jobs = parts.map(({ points: real, heldOut, seed }, part) => {
    const points = added === undefined ? real : concatenateRows([real, added(real, part)]);
    return { real, points, heldOut, seed };
  });
  return score((await train(qnn, jobs)).map(({ predictions }) => predictions));
}
