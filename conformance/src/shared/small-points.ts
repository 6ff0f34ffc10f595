import type { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';

/** Features and classes of the points that the checks send. */
export const FEATURES = 3;
export const CLASSES = 3;

/**
 * Points in three clouds, the same for every call: class c around (c, −c, c/2), spread by a quasi-random sequence.
 * `start` takes other points of the same clouds.
 */
export function smallPoints(count: number, start = 0): Points {
  const y = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const x = new Float32Array(count * FEATURES);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < FEATURES; j++) {
      const centre = y[i] * [1, -1, 0.5][j];
      x[i * FEATURES + j] = centre + 0.8 * (spread(start + i, j) - 0.5);
    }
  }
  return { count, features: FEATURES, classes: CLASSES, x, y };
}

/** Kronecker sequence: fractional parts of multiples of the powers of the plastic number's inverse. */
function spread(index: number, column: number): number {
  return ((index + 1) * 0.8191725133961645 ** (column + 1)) % 1;
}

/** Description of the columns of {@link smallPoints}. */
export const SMALL_DATA: DataDescription = {
  featureNames: ['a', 'b', 'c'],
  classNames: ['zero', 'one', 'two'],
  lowerBounds: [],
  upperBounds: [],
  shots: 0,
  pauliExpectations: false,
  featureOffsets: [],
  featureScales: [],
  warnings: [],
};

/** Description of columns and classes in these numbers. */
export function describedData({ features, classes }: Pick<Points, 'features' | 'classes'>): DataDescription {
  const named = (count: number, letter: string) => Array.from({ length: count }, (_, i) => `${letter}${i}`);
  return { ...SMALL_DATA, featureNames: named(features, 'f'), classNames: named(classes, 'c') };
}

/** The message of points that fit into a single one. */
export function pointsMessage(points: Points): LabelledPoints {
  const [message] = encodePoints(points);
  return message;
}

/** The same message with one byte of x missing: its length is not the product of its shape. */
export function byteShort(points: Points): LabelledPoints {
  const message = pointsMessage(points);
  const x = message.x!;
  return { ...message, x: { ...x, data: x.data.subarray(0, -1) } };
}

/** The same message with a label that no class has. */
export function labelOutOfRange(points: Points): LabelledPoints {
  return pointsMessage({ ...points, y: points.y.map((label, i) => (i === 0 ? points.classes : label)) });
}
