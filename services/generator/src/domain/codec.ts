import { collapseAngles, expandAngles } from '@qloom/datasets/preprocessing/angle-channels.ts';
import { dequantize } from '@qloom/datasets/preprocessing/dequantize.ts';
import {
  fitStandardizer,
  type Standardizer,
  standardize,
  unstandardize,
} from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Matrix, matrix } from './losses/matrix.ts';
import type { DataShape, TrainingData } from './training-data.ts';

/** State of a codec. Plain JSON. */
export interface CodecState {
  readonly shape: DataShape;
  /** Statistics of the channels, not of the features. */
  readonly standardizer: Standardizer;
}

/**
 * Converts between points in the units of the data and the standardized channels that the network sees. A feature is
 * one channel, except that an angle (a feature whose bounds are a full turn apart) is two, its cosine and its sine,
 * because otherwise a network cannot know that 0 and 2π are neighbours. The order of the columns is kept; it is
 * irrelevant to a perceptron.
 */
export interface Codec {
  readonly state: CodecState;
  /** Number of channels. */
  readonly channels: number;
  /**
   * Returns the channels of the points, shape [count, channels]. With a random source, features from finite shots are
   * dequantized: a uniform number spreads each value over its cell, ±1/shots (Theis, van den Oord and Bethge, 2016).
   */
  encode(points: Points, random?: Random): Matrix;
  /** Returns points in the units of the data, shape [rows, features]. The inverse of {@link encode}. */
  decode(channels: Matrix): Float32Array;
  /** Adds (∂x/∂channels)ᵀ `gradient` to `out`, of the shape of `channels`. */
  pullBack(channels: Matrix, gradient: Float32Array, out: Matrix): void;
}

/** Computes the statistics of the channels from training points. */
export function fitCodec({ points, shape }: TrainingData): Codec {
  return createCodec({ shape, standardizer: fitStandardizer(expandAngles(points, anglesOf(shape))) });
}

/** Creates the codec that has this state. */
export function createCodec(state: CodecState): Codec {
  const { shape, standardizer } = state;
  const { features, classes, shots } = shape;
  const { mean, scale } = standardizer;
  const isAngle = anglesOf(shape);
  const resolution = isAngle.map((angle) => (shots > 0 && !angle ? 2 / shots : 0));
  const channels = mean.length;

  return {
    state,
    channels,
    encode(points, random) {
      const spread = random ? dequantize(points, resolution, random) : points;
      return matrix(points.count, channels, standardize(standardizer, expandAngles(spread, isAngle)).x);
    },
    decode({ rows, data }) {
      const made: Points = { count: rows, features: channels, classes, x: data, y: new Int32Array(rows) };
      const { x } = collapseAngles(unstandardize(standardizer, made), isAngle);
      if (isAngle.includes(true)) {
        for (let i = 0; i < x.length; i++) {
          const j = i % features;
          if (isAngle[j]) x[i] = wrap(x[i], shape.lower[j]);
        }
      }
      return x;
    },
    pullBack({ rows, data }, gradient, out) {
      for (let i = 0, at = 0; i < rows; i++) {
        for (let j = 0, channel = 0; j < features; j++) {
          const g = gradient[i * features + j];
          if (!isAngle[j]) {
            out.data[at++] += g * scale[channel++];
            continue;
          }
          // x = atan2(s, c): ∂x/∂c = −s/(c² + s²), ∂x/∂s = c/(c² + s²), bounded near the origin.
          const cosine = data[at] * scale[channel] + mean[channel];
          const sine = data[at + 1] * scale[channel + 1] + mean[channel + 1];
          const square = Math.max(cosine * cosine + sine * sine, 1e-6);
          out.data[at++] -= (g * sine * scale[channel++]) / square;
          out.data[at++] += (g * cosine * scale[channel++]) / square;
        }
      }
    },
  };
}

/** Returns which features are angles: those whose bounds are a full turn apart. */
export function anglesOf({ features, lower, upper }: DataShape): boolean[] {
  return Array.from({ length: features }, (_, j) => Math.abs(upper[j] - lower[j] - 2 * Math.PI) < 1e-5);
}

/** The angle that differs by full turns and lies in [low, low + 2π). */
function wrap(angle: number, low: number): number {
  const turn = 2 * Math.PI;
  return low + ((((angle - low) % turn) + turn) % turn);
}
