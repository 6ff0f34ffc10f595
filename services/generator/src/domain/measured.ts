import { measureWithShots } from '@qloom/datasets/prior/shot-layer.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { anglesOf } from './codec.ts';
import type { DataShape } from './training-data.ts';

/** The points as measured with the number of shots of the data; unchanged where there is none. Angles are not measured. */
export function measured(shape: DataShape, points: Points, random: Random): Points {
  if (shape.shots < 1) return points;
  const isExpectation = anglesOf(shape).map((angle) => !angle);
  return measureWithShots(points, shape.shots, random, isExpectation);
}
