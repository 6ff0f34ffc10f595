import { createRandom } from '@qloom/random/random.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { fitCodec } from './codec.ts';
import { matrix } from './losses/matrix.ts';
import { type DataShape, requireUsable } from './training-data.ts';

const random = createRandom('codec');
const plain: DataShape = { features: 3, classes: 2, lower: [], upper: [], shots: 0 };
const angled: DataShape = { ...plain, lower: [-9, -Math.PI, 0], upper: [9, Math.PI, 2 * Math.PI] };
const points = {
  count: 40,
  features: 3,
  classes: 2,
  x: Float32Array.from(
    { length: 120 },
    (_, i) => [3 + 2 * random.normal(), 6 * random.uniform() - 3, 6 * random.uniform()][i % 3],
  ),
  y: Int32Array.from({ length: 40 }, (_, i) => i % 2),
};

describe('the codec', () => {
  it('standardizes the channels of the training points', () => {
    const { data, columns } = fitCodec({ points, shape: plain }).encode(points);
    for (let j = 0; j < columns; j++) {
      const column = [...data].filter((_, i) => i % columns === j);
      const mean = column.reduce((sum, x) => sum + x, 0) / 40;
      // Rounding to float32 alone gives each of the forty numbers, up to 3, an error of 3u = 1.8e-7, and their mean
      // too.
      expect(mean).toBeCloseTo(0, 5);
      expect(column.reduce((sum, x) => sum + x * x, 0) / 40).toBeCloseTo(1, 5);
    }
  });

  it('decodes what it encoded, angles through two channels', () => {
    const codec = fitCodec({ points, shape: angled });
    expect(codec.channels).toBe(5);
    const back = codec.decode(codec.encode(points));
    // Encoding and decoding numbers up to 10 by a mean and a scale, angles by sine and cosine: about ten float32
    // roundings, 10·10·u = 6e-6.
    for (let i = 0; i < back.length; i++) expect(back[i]).toBeCloseTo(points.x[i], 4);
  });

  it('pulls gradients back as central differences do', () => {
    const codec = fitCodec({ points, shape: angled });
    const channels = codec.encode(selectRows(points, [3, 7, 11]));
    const weights = random.normals(9);
    const value = (data: Float32Array) =>
      codec.decode(matrix(3, 5, data)).reduce((sum, x, i) => sum + x * weights[i], 0);
    const gradient = matrix(3, 5);
    codec.pullBack(channels, weights, gradient);
    for (let i = 0; i < 15; i++) {
      const shifted = (h: number) => channels.data.map((c, k) => (k === i ? c + h : c));
      // Float32 values of order 1 at h = 1e-2: rounding error of about 1e-7/1e-2, truncation error of about h².
      expect(gradient.data[i]).toBeCloseTo((value(shifted(1e-2)) - value(shifted(-1e-2))) / 2e-2, 2);
    }
  });

  it('spreads measured values over their cell only', () => {
    const measured = { ...points, x: points.x.map((_, i) => (i % 17) / 8 - 1) };
    const codec = fitCodec({ points: measured, shape: { ...plain, shots: 16 } });
    const spread = codec.decode(codec.encode(measured, createRandom(1)));
    const shifts = spread.map((x, i) => x - measured.x[i]);
    // Numbers up to 1 in float32, coded and decoded: 1e-6 is 17 u.
    expect(Math.max(...shifts.map(Math.abs))).toBeLessThanOrEqual(1 / 16 + 1e-6);
    expect(new Set(shifts).size).toBeGreaterThan(100);
  });
});

describe('requireUsable', () => {
  it.each([
    [{ ...points, count: 0 }, 'there are no points; give at least one'],
    [{ ...points, features: 4 }, '4 columns, and the description names 3 features'],
    [{ ...points, classes: 3 }, '3 classes, and the description names 2'],
    [{ ...points, count: 39 }, '120 values and 40 labels do not fit 39 rows of 3 columns'],
    [{ ...points, x: points.x.with(4, Number.NaN) }, 'row 1, column 1 is NaN'],
    [{ ...points, y: points.y.with(2, 5) }, 'row 2 has the label 5; labels are 0 … 1'],
  ])('refuses unusable points (case %#)', (bad, message) => {
    expect(() => requireUsable({ points: bad, shape: plain })).toThrow(message);
  });
});
