import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { PROBABILISTIC_CLASSIFIERS } from '@qloom/metrics/classifiers/classifier-table.ts';
import type { Points, UnlabelledPoints } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { throwIfAborted } from '../abortable.ts';
import type { FitOptions } from '../fit-options.ts';

/** Rows that are labelled before other work gets its turn. */
const ROWS_AT_ONCE = 512;

/**
 * Labels points by the teacher of the training points: the most probable class c where T(c|x) is above `least`. Points of
 * which the teacher is less certain are left out. Throws CancelledError.
 */
export async function labelPoints(
  pool: UnlabelledPoints,
  { data, seed, signal, breathe }: Pick<FitOptions, 'data' | 'seed' | 'signal' | 'breathe'>,
  least: number,
): Promise<Points> {
  const { classes } = data.points;
  const teacher = await runInTurns(PROBABILISTIC_CLASSIFIERS.teacher.fitSteps(data.points, seed), { signal });
  const points: Points = { ...pool, classes, y: new Int32Array(pool.count) };
  const certain: number[] = [];
  for (let from = 0; from < pool.count; from += ROWS_AT_ONCE) {
    await breathe();
    throwIfAborted(signal, 'fit');
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, pool.count - from) }, (_, i) => from + i);
    const probabilities = teacher.probabilities(selectRows(points, rows));
    for (const [i, row] of rows.entries()) {
      const each = probabilities.subarray(i * classes, (i + 1) * classes);
      const label = each.indexOf(Math.max(...each));
      points.y[row] = label;
      if (each[label] > least) certain.push(row);
    }
  }
  return selectRows(points, certain);
}
