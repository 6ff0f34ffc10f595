import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { sampleExpectation } from '../sampling/shot-sampling.ts';

/**
 * The measurement model of expectations from finite shots: x ← 2·Bin(shots, (1 + x)/2)/shots − 1, its mean x within
 * [−1, 1]. `measured` says which features are expectations, shape [features]; default all. Throws RangeError unless
 * `shots` is a whole number of at least 1.
 */
export function measureWithShots(points: Points, shots: number, random: Random, measured?: readonly boolean[]): Points {
  if (!Number.isInteger(shots) || shots < 1) {
    throw new RangeError(`measureWithShots: ${shots} shots; give a whole number of at least 1`);
  }
  const { features } = points;
  return {
    ...points,
    x: points.x.map((value, i) =>
      (measured?.[i % features] ?? true) ? sampleExpectation(value, shots, random) : value,
    ),
  };
}
