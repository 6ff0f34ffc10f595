import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { sampleBinomial } from '../sampling/binomial-sampling.ts';

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
  const x = points.x.map((value, i) => {
    if (measured?.[i % features] === false) return value;
    const probability = Math.max(0, Math.min(1, (1 + value) / 2));
    return (2 * sampleBinomial(shots, probability, random)) / shots - 1;
  });
  return { ...points, x };
}
