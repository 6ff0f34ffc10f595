import { measureWithShots } from '@qloom/datasets/prior/shot-layer.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { anglesOf, type Codec } from '../codec.ts';
import type { Matrix } from '../losses/matrix.ts';

/** Draws points from a fitted generator. */
export interface PointSource {
  readonly codec: Codec;
  /** Draws `count` points of one class in the units of the data, within its bounds. */
  draw(count: number, label: number, random: Random): Points;
  dispose(): void;
}

/** Points of one class from channels, in the units of the data and within its bounds. */
export function pointsOf(codec: Codec, channels: Matrix, label: number): Points {
  const { shape } = codec.state;
  const { features, classes, lower, upper } = shape;
  const x = codec.decode(channels);
  for (let i = 0; i < x.length; i++) {
    const j = i % features;
    if (x[i] < lower[j]) x[i] = lower[j];
    else if (x[i] > upper[j]) x[i] = upper[j];
  }
  return { count: channels.rows, features, classes, x, y: new Int32Array(channels.rows).fill(label) };
}

/** The points as measured with the data's number of shots, where that is known; angles are not measured. */
export function measured({ state: { shape } }: Codec, points: Points, random: Random): Points {
  if (shape.shots < 1) return points;
  return measureWithShots(
    points,
    shape.shots,
    random,
    anglesOf(shape).map((angle) => !angle),
  );
}
