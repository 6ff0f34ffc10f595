import { fitPrior, type Prior } from '@qloom/datasets/prior/prior.ts';
import type { Task } from '@qloom/datasets/tasks/task.ts';
import type { ProbabilisticClassifier } from '@qloom/metrics/classifiers/classifier.ts';
import { fitTeacher } from '@qloom/metrics/classifiers/classifier-table.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, selectRows } from '@qloom/study/points/rows.ts';

/** Points drawn for each one wanted, in a round, and the number of rounds. */
const [DRAWS_EACH, ROUNDS] = [4, 8];
/** T(c|x) above which a point passes. */
const POSTERIOR = 0.5;

/** The prior and the teacher of some labels. */
export interface GatedPrior {
  readonly prior: Prior;
  readonly teacher: ProbabilisticClassifier;
  /** Draws points that the teacher passes, `counts` of each class. */
  draw(counts: readonly number[], random: Random): Points;
}

/** Fits the prior of the task's features and the teacher. */
export function fitGatedPrior({ descriptor }: Task, real: Points, seed: number): GatedPrior {
  const { physical, expectations } = descriptor;
  const prior = fitPrior(real, { physical, shots: expectations?.shots });
  const teacher = fitTeacher(real, seed);
  return {
    prior,
    teacher,
    draw: (counts, random) =>
      concatenateRows(
        counts.map((wanted, label) => {
          const ofClass = random.fork(`class ${label}`);
          return drawGated(teacher, wanted, (count) => prior.draw(label, count, ofClass));
        }),
      ),
  };
}

/** Draws until `wanted` points have passed the teacher; after the last round any will do. */
export function drawGated(
  teacher: ProbabilisticClassifier,
  wanted: number,
  draw: (count: number) => Points,
  posterior = POSTERIOR,
): Points {
  const parts: Points[] = [];
  let missing = wanted;
  for (let round = 0; round < ROUNDS && missing > 0; round++) {
    const drawn = draw(DRAWS_EACH * missing);
    const passed = passing(teacher, drawn, posterior).slice(0, missing);
    missing -= passed.length;
    parts.push(selectRows(drawn, passed));
  }
  return concatenateRows(missing > 0 ? [...parts, draw(missing)] : parts);
}

/** The rows that the teacher passes. */
export function passing(teacher: ProbabilisticClassifier, points: Points, posterior = POSTERIOR): number[] {
  const probabilities = teacher.probabilities(points);
  return [...points.y].flatMap((label, row) => (probabilities[row * points.classes + label] > posterior ? [row] : []));
}
