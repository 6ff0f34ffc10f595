import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import { createTeacher } from '@qloom/metrics/classifiers/teacher.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { fitCodec } from '../codec.ts';
import type { TrainingData } from '../training-data.ts';
import type { FittedGate } from './fit-gate.ts';

/** A gate's verdict on a point. */
interface GateVerdict {
  readonly accepted: boolean;
  /** T(c|x) of the class for which the point was drawn; 0 where labels are not judged. */
  readonly posterior: number;
}

/**
 * Decides which synthetic points may be used. A point x of class c passes
 *
 * - if T(c|x) > `gate.posterior`, T the teacher of the training points with balanced classes: T(c|x) ∝ t(c|x)/n_c, so that
 *   a rare class is not rejected for being rare; and
 * - if no training point is nearer than the 5th percentile of the distances between real nearest neighbours. Of real
 *   points not more than these 5% would be refused: where measurements from few shots coincide in so many of them, a
 *   coincidence is no copy, and the percentile is 0.
 *
 * With a single class only the second rule decides.
 */
export interface Gate {
  /** One verdict for each row of `drawn`, all drawn for class `label`, in the units of the data. */
  judge(drawn: Points, label: number): readonly GateVerdict[];
}

/** Opens a fitted gate with the training points that it was fitted to. */
export function createGate(fitted: FittedGate, training: TrainingData): Gate {
  const { posterior: least, copyDistance, teacher: members } = fitted;
  const codec = fitCodec(training);
  const { channels } = codec;
  const teacher = members.length > 0 ? createTeacher(members) : undefined;
  const counts = classCounts(training.points);
  const values = codec.encode(training.points).data;
  const search = createNeighbourSearch({ count: training.points.count, features: channels, values });

  const posteriorsOf = (points: Points, label: number): Float64Array => {
    const out = new Float64Array(points.count);
    if (teacher === undefined) return out;
    const { classes } = points;
    const probabilities = teacher.probabilities(points);
    for (let row = 0; row < points.count; row++) {
      let total = 0;
      for (let c = 0; c < classes; c++) if (counts[c] > 0) total += probabilities[row * classes + c] / counts[c];
      const own = probabilities[row * classes + label] / counts[label];
      // A point that is not finite has no probability.
      out[row] = own / total || 0;
    }
    return out;
  };

  return {
    judge(drawn, label) {
      const x = codec.encode(drawn).data;
      const posteriors = posteriorsOf({ ...drawn, features: channels, x }, label);
      return Array.from(posteriors, (posterior, row) => {
        if (teacher !== undefined && !(posterior > least)) return { accepted: false, posterior };
        const [square] = search.nearest(x.subarray(row * channels, (row + 1) * channels), 1).squares;
        return { accepted: square !== undefined && Math.sqrt(square) >= copyDistance, posterior };
      });
    },
  };
}
