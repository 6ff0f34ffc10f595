import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { Codec } from '../codec.ts';
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
