import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { createPointsCollector, createSourcePointsCollector, encodePoints } from './points.ts';
import { decodeTensor, encodeTensor } from './tensors.ts';

/** A received message: encoded, and decoded into views at any offset. */
const sent = (message: LabelledPoints): LabelledPoints =>
  LabelledPoints.decode(LabelledPoints.encode(message).finish());

function receive(messages: Iterable<LabelledPoints>): Points {
  const collector = createPointsCollector('training');
  for (const message of messages) collector.add(sent(message));
  return collector.points();
}

const points = fc.record({ count: fc.nat(20), features: fc.integer({ min: 1, max: 5 }), grouped: fc.boolean() }).map(
  ({ count, features, grouped }): Points => ({
    count,
    features,
    classes: 3,
    x: Float32Array.from({ length: count * features }, (_, i) => i / 8),
    y: Int32Array.from({ length: count }, (_, i) => i % 3),
    ...(grouped ? { group: Int32Array.from({ length: count }, (_, i) => i) } : {}),
  }),
);

describe('points on the wire', () => {
  it('are decoded unchanged', () => {
    fc.assert(fc.property(points, (given) => expect(receive(encodePoints(given))).toEqual(given)));
  });

  it('may be float64 for the upload of a data set, and are converted from float32', () => {
    const given: SourcePoints = {
      count: 2,
      features: 1,
      classes: 2,
      x: Float64Array.of(1_700_000_000.5, 16_777_217),
      y: Int32Array.of(0, 1),
    };
    const put = (messages: Iterable<LabelledPoints>) => {
      const collector = createSourcePointsCollector('points', 10);
      for (const message of messages) collector.add(sent(message));
      return collector.points();
    };
    expect(put(encodePoints(given))).toEqual(given);
    expect(put(encodePoints({ ...given, x: Float32Array.of(0.5, 3) })).x).toEqual(Float64Array.of(0.5, 3));
    expect(() => receive(encodePoints(given))).toThrow('training.x: dtype is float64; right would be float32');
    const [message] = encodePoints(given);
    const x = encodeTensor(Int32Array.of(1, 2), [2, 1]);
    expect(() => put([{ ...message, x }])).toThrow('points.x: dtype is int32; right would be float32 or float64');
  });

  it('are sent in messages of at most 1 MiB of features', () => {
    const count = 70_000;
    const given: Points = {
      count,
      features: 16,
      classes: 1,
      x: new Float32Array(count * 16),
      y: new Int32Array(count),
    };
    const messages = [...encodePoints(given)];
    expect(messages.map(({ x }) => x?.shape[0])).toEqual([16_384, 16_384, 16_384, 16_384, 4_464]);
    expect(receive(messages).count).toBe(count);
  });

  const good = {
    x: encodeTensor(Float32Array.of(1, 2), [1, 2]),
    y: encodeTensor(Int32Array.of(0)),
    group: undefined,
    classes: 2,
  };
  it.each<[string, LabelledPoints[], string]>([
    ['none', [], 'training: did not come'],
    ['without x', [{ ...good, x: undefined }], 'training.x: not set; right would be a tensor'],
    ['of one axis', [{ ...good, x: encodeTensor(Float32Array.of(1)) }], 'training.x: has 1 axes; right would be 2'],
    [
      'of other labels',
      [{ ...good, y: encodeTensor(Int32Array.of(0, 1)) }],
      'training.y: has shape [2]; right would be [1]',
    ],
    [
      'of an unknown class',
      [{ ...good, y: encodeTensor(Int32Array.of(2)) }],
      'training.y[0]: is 2; right would be 0 to 1',
    ],
    [
      'not finite',
      [{ ...good, x: encodeTensor(Float32Array.of(1, NaN), [1, 2]) }],
      'training.x: element [0, 1] is NaN',
    ],
    ['of other classes', [good, { ...good, classes: 3 }], 'training.classes: is 3 after 2'],
    ['of a wrong dtype', [{ ...good, x: encodeTensor(Float64Array.of(1, 2), [1, 2]) }], 'training.x: dtype is float64'],
  ])('are refused when they are %s', (_what, messages, error) => {
    expect(() => receive(messages)).toThrow(error);
  });

  it('are refused when dtype is not set or bytes are missing', () => {
    expect(() =>
      decodeTensor({ dtype: 0, shape: [1], data: Buffer.alloc(4) }, { dtype: 'float32', field: 'x' }),
    ).toThrow('x: dtype 0 is none; right would be one of float32, float64, int32, uint8');
    expect(() =>
      decodeTensor({ dtype: 1, shape: [2], data: Buffer.alloc(4) }, { dtype: 'float32', field: 'x' }),
    ).toThrow('x: 4 bytes for float32 of shape [2]; right would be 8');
  });
});
