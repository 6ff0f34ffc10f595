import type { Points } from '@qloom/datasets/points.ts';
import { fitStandardizer, type Standardizer } from '@qloom/datasets/standardizer.ts';
import type { Random } from '@qloom/random/random.ts';
import { type Matrix, matrix } from './losses/matrix.ts';
import type { DataShape, TrainingData } from './training-data.ts';

/** What a codec has learned. Plain JSON. */
export interface CodecState {
  readonly shape: DataShape;
  /** Of the channels, not of the features. */
  readonly standardizer: Standardizer;
}

/**
 * Between points in the units of the data and the standardized channels that the network sees. A feature is one channel,
 * but an angle is two, its cosine and its sine: a network has no other way to know that 0 and 2π are neighbours.
 */
export interface Codec {
  readonly state: CodecState;
  /** Number of channels. */
  readonly channels: number;
  /**
   * Channels of the points, shape [count, channels]. With a random source, features from finite shots are dequantized:
   * a uniform number spreads each value over its cell, ±1/shots (Theis, van den Oord and Bethge, 2016).
   */
  encode(points: Points, random?: Random): Matrix;
  /** Points in the units of the data, shape [rows, features]. The inverse of {@link encode}. */
  decode(channels: Matrix): Float32Array;
  /** Adds (∂x/∂channels)ᵀ `gradient` to `out`, of the shape of `channels`. */
  pullBack(channels: Matrix, gradient: Float32Array, out: Matrix): void;
}

/** Learns the statistics of the channels from training points. */
export function fitCodec({ points, shape }: TrainingData): Codec {
  const raw = expand(points.x, points.count, shape, anglesOf(shape));
  const standardizer = fitStandardizer({
    count: raw.rows,
    features: raw.columns,
    classes: 1,
    x: raw.data,
    y: points.y,
  });
  return createCodec({ shape, standardizer });
}

/** The codec of a state. */
export function createCodec(state: CodecState): Codec {
  const { shape, standardizer } = state;
  const { features, shots } = shape;
  const { mean, scale } = standardizer;
  const angles = anglesOf(shape);
  const channels = mean.length;

  return {
    state,
    channels,
    encode(points, random) {
      const x = shots > 0 && random ? points.x.map((value) => value + (2 * random.uniform() - 1) / shots) : points.x;
      const out = expand(x, points.count, shape, angles);
      for (let i = 0; i < out.data.length; i++) out.data[i] = (out.data[i] - mean[i % channels]) / scale[i % channels];
      return out;
    },
    decode({ rows, data }) {
      const x = new Float32Array(rows * features);
      for (let i = 0; i < rows; i++) {
        for (let j = 0, at = 0; j < features; j++) {
          const value = data[i * channels + at] * scale[at] + mean[at];
          at++;
          const low = angles[j];
          if (low === undefined) x[i * features + j] = value;
          else {
            const sine = data[i * channels + at] * scale[at] + mean[at];
            at++;
            x[i * features + j] = wrap(Math.atan2(sine, value), low);
          }
        }
      }
      return x;
    },
    pullBack({ rows, data }, gradient, out) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0, at = 0; j < features; j++) {
          const g = gradient[i * features + j];
          const cell = i * channels + at;
          if (angles[j] === undefined) {
            out.data[cell] += g * scale[at];
            at++;
          } else {
            const cosine = data[cell] * scale[at] + mean[at];
            const sine = data[cell + 1] * scale[at + 1] + mean[at + 1];
            const square = Math.max(cosine * cosine + sine * sine, 1e-6);
            out.data[cell] -= (g * sine * scale[at]) / square;
            out.data[cell + 1] += (g * cosine * scale[at + 1]) / square;
            at += 2;
          }
        }
      }
    },
  };
}

/** The lower end of each feature that is an angle: one whose bounds are a full turn apart. */
function anglesOf({ features, lower, upper }: DataShape): (number | undefined)[] {
  return Array.from({ length: features }, (_, j) =>
    Math.abs(upper[j] - lower[j] - 2 * Math.PI) < 1e-5 ? lower[j] : undefined,
  );
}

/** The channels before standardization. */
function expand(x: Float32Array, count: number, shape: DataShape, angles: readonly (number | undefined)[]): Matrix {
  const { features } = shape;
  const channels = features + angles.filter((angle) => angle !== undefined).length;
  const out = matrix(count, channels);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < features; j++) {
      const value = x[i * features + j];
      if (angles[j] === undefined) out.data[at++] = value;
      else {
        out.data[at++] = Math.cos(value);
        out.data[at++] = Math.sin(value);
      }
    }
  }
  return out;
}

/** The angle that differs by full turns and lies in [low, low + 2π). */
function wrap(angle: number, low: number): number {
  const turn = 2 * Math.PI;
  return low + ((((angle - low) % turn) + turn) % turn);
}
