import type { SourcePoints } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { readCsv } from '../csv/read-csv.ts';
import { writeCsv } from '../csv/write-csv.ts';
import { fromFeatureUnits } from '../testing/from-feature-units.ts';
import { chooseFeatureUnits, SOURCE_UNITS, toFeatureUnits } from './feature-units.ts';

function columnOf(values: readonly number[]): SourcePoints {
  return {
    count: values.length,
    features: 1,
    classes: 2,
    x: Float64Array.from(values),
    y: Int32Array.from(values, (_, i) => i % 2),
  };
}

const names = { featureNames: ['t'], classNames: ['a', 'b'] };

describe('units of features', () => {
  it.each([
    ['decimals', [0.1, 0.2, -0.3, 1.7]],
    ['whole numbers that float32 holds', [16777214, 16777215, 16777216, 3]],
    ['a spread that float32 resolves', [1000.1, 1000.9, 1003.4, 998.2]],
    ['one value', [7, 7, 7]],
    ['zeros', [0, 0]],
  ])('are those of the source for %s', (_, values) => {
    expect(chooseFeatureUnits(columnOf(values))).toBe(SOURCE_UNITS);
  });

  it.each([
    ['Unix times 30 s apart', Array.from({ length: 50 }, (_, i) => 1_700_000_000 + 30 * i)],
    ['Unix times in milliseconds', Array.from({ length: 50 }, (_, i) => 1_700_000_000_123 + i * i)],
    ['two numbers that float32 takes for one', [16777216, 16777217, 16777216, 16777217]],
    ['a sentinel beside times', [0, ...Array.from({ length: 40 }, (_, i) => 1_700_000_000 + 30 * i)]],
    ['a small physical constant', [1.602e-19, 1.603e-19, 1.701e-19, 2.2e-19]],
    ['numbers beyond float32', [1e300, 2e300, -3e300, 4e300]],
    ['both ends of float64', [Number.MAX_VALUE, -Number.MAX_VALUE, 1e308, 5]],
    ['a large step beside small ones', [0, 1, 0, 1, 1, 0, 1e300]],
  ])('keep %s apart, and give them back', (_, values) => {
    const points = columnOf(values);
    const units = chooseFeatureUnits(points);
    const narrowed = toFeatureUnits(points, units);
    expect(narrowed.x.every(Number.isFinite)).toBe(true);
    const { featureOffsets, featureScales } = units;
    fromFeatureUnits(narrowed, units).x.forEach((value, i) => {
      // float32 rounds by 2⁻²⁴ of the difference from the offset (halved here, so that it stays finite), float64 by far less.
      const difference = Math.abs(values[i] / 2 - featureOffsets[0] / 2) + featureScales[0] * 2 ** -126;
      expect(Math.abs(value / 2 - values[i] / 2)).toBeLessThanOrEqual(
        2 ** -23 * difference + 2 ** -52 * Math.abs(value),
      );
    });
    if (!values.includes(1e300)) expect(new Set(narrowed.x).size).toBe(new Set(values).size);
  });

  it('hold every column to 2^-16 of its spread, whatever it is', () => {
    const offset = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    const spread = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        offset,
        spread,
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 30 }),
        (o, s, z) => {
          const points = columnOf(z.map((value) => o + s * value));
          const units = chooseFeatureUnits(points);
          const back = fromFeatureUnits(toFeatureUnits(points, units), units);
          const median = [...points.x].sort((a, b) => a - b)[(points.count - 1) >> 1];
          const deviation = Math.sqrt(points.x.reduce((sum, value) => sum + (value - median) ** 2 / points.count, 0));
          // Rounding to float32 by the rule; with an offset by 2⁻²⁴ of a difference that is at most √30 deviations. The way
          // back rounds once more in float64.
          const allowed = 2 ** -16 * deviation + Number.EPSILON * (Math.abs(o) + s);
          for (let i = 0; i < points.count; i++) {
            if (deviation > 0) expect(Math.abs(back.x[i] - points.x[i])).toBeLessThanOrEqual(allowed);
          }
        },
      ),
    );
  });
});

describe('writeCsv in the units of the source', () => {
  it('writes Unix times to the second, without digits beyond float32', () => {
    const points = columnOf([1_700_000_000, 1_700_000_030, 1_700_000_060, 1_700_000_090]);
    const units = chooseFeatureUnits(points);
    expect(writeCsv(toFeatureUnits(points, units), names, units)).toBe(
      't,label\n1700000000,a\n1700000030,b\n1700000060,a\n1700000090,b\n',
    );
    const between = { ...toFeatureUnits(points, units), x: Float32Array.of(1 / 3, 0.1, -0.25, 45) };
    const [, first] = writeCsv(between, names, units).split('\n');
    expect(first).toMatch(/^17000000\d\d\.\d{1,9},a$/);
  });

  it('writes what reads back as the same points in the same units', () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 4, maxLength: 12 }),
        fc.integer({ min: -8, max: 8 }),
        (values, exponent) => {
          const points = columnOf(values.map((one) => (one + 1e12) * 10 ** exponent));
          const units = chooseFeatureUnits(points);
          const narrowed = toFeatureUnits(points, units);
          const text = writeCsv(narrowed, names, units);
          const back = readCsv(text, { classNames: names.classNames });
          expect(toFeatureUnits(back.points, units).x).toEqual(narrowed.x);
        },
      ),
    );
  });
});

it('writes a point beyond float64, as may be drawn beside numbers near its end, as the largest number', () => {
  const points = columnOf([-1.7e308, 1.7e308, 1e308, -1e308]);
  const units = chooseFeatureUnits(points);
  const drawn = { ...toFeatureUnits(points, units), x: Float32Array.from([-9, 9, 0, 1]) };
  const [, low, high] = writeCsv(drawn, names, units).split('\n');
  expect([low, high]).toEqual([`${-Number.MAX_VALUE},a`, `${Number.MAX_VALUE},b`]);
  // 2·2^1023 alone is beyond float64, −10^308 + 2·2^1023 is not.
  const sum = fromFeatureUnits(
    { ...drawn, x: Float32Array.of(2, 2, 2, 2) },
    { featureOffsets: [-1e308], featureScales: [2 ** 1023] },
  );
  expect(sum.x[0] / 2 ** 1023).toBeCloseTo(2 - 1e308 / 2 ** 1023, 14);
  expect(() => writeCsv({ ...drawn, x: Float32Array.of(Number.NaN, 0, 0, 0) }, names, units)).toThrow(
    'is NaN; values must be finite',
  );
});
