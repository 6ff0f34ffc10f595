import type { Points } from '@qloom/study/points/points.ts';
import { rounding } from '@qloom/tensor/testing/rounding.ts';
import fc from 'fast-check';
import { createAnnniTask } from '../annni/annni-task.ts';
import { collapseAngles, expandAngles } from './angle-channels.ts';
import { fitStandardizer, standardize, unstandardize } from './standardizer.ts';

function pointsOf(rows: number[][]): Points {
  return {
    count: rows.length,
    features: rows[0].length,
    classes: 1,
    x: Float32Array.from(rows.flat()),
    y: new Int32Array(rows.length),
  };
}

describe('standardizer and angle channels', () => {
  it('are undone by their inverses, whatever the data', () => {
    const value = fc.float({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 20 }), (rows) => {
        const points = pointsOf(rows);
        const isAngle = [false, true, false];
        const columns = expandAngles(points, isAngle);
        expect(columns.features).toBe(4);
        const standardizer = JSON.parse(JSON.stringify(fitStandardizer(columns)));
        const back = collapseAngles(unstandardize(standardizer, standardize(standardizer, columns)), isAngle);
        back.x.forEach((decoded, i) => {
          // Some ten float32 roundings there and back of numbers that differ by at most 6, angles by their sine and cosine.
          expect(Math.abs(decoded - points.x[i])).toBeLessThanOrEqual(rounding(16, 6, 'float32'));
        });
      }),
    );
  });

  it('standardizes by training statistics alone: mean 0 and deviation 1 there, not elsewhere', () => {
    const training = createAnnniTask().draw({ count: 40, seed: 1 });
    const standardizer = fitStandardizer(training);
    const z = standardize(standardizer, training);
    for (let j = 0; j < 4; j++) {
      const column = Array.from({ length: 40 }, (_, i) => z.x[4 * i + j]);
      const mean = column.reduce((a, b) => a + b, 0) / 40;
      // Forty float32 numbers of at most 3: rounding(1, 3, 'float32') = 1.8e-7 for each, so for their mean.
      expect(mean).toBeCloseTo(0, 5);
      expect(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 40).toBeCloseTo(1, 5);
    }
    expect(fitStandardizer(pointsOf([[2], [2], [2]]))).toEqual({ mean: [2], scale: [1] });
    expect(fitStandardizer(pointsOf([[0], [0]]))).toEqual({ mean: [0], scale: [1] });
    expect(() => standardize(standardizer, pointsOf([[1, 2]]))).toThrow('2 features, the training points had 4');
  });

  it('does not take a feature in small units for a constant, nor hide the change of a constant in them', () => {
    // Values of 1 and 2 in a unit u have the mean 1.5 u and the deviation .5 u.
    for (const unit of [1, 1e-12, 1e9]) {
      const { scale } = fitStandardizer(pointsOf([[unit], [2 * unit]]));
      expect(scale[0] / unit).toBeCloseTo(0.5, 6);
    }
    // float32 holds 5e-9 to 24 bits.
    const constant = fitStandardizer(pointsOf([[5e-9], [5e-9]]));
    expect(standardize(constant, pointsOf([[50e-9]])).x[0]).toBeCloseTo(9, 5);
    const denormal = fitStandardizer(pointsOf([[1e-40], [1e-40]]));
    expect(Number.isFinite(standardize(denormal, pointsOf([[1e6]])).x[0])).toBe(true);
  });

  it('makes a constant exactly 0, where the sum of its values is rounded', () => {
    for (const value of [0.1, 5, -1e9, 1e-40]) {
      const constant = pointsOf(Array.from({ length: 61 }, () => [value]));
      expect(new Set(standardize(fitStandardizer(constant), constant).x)).toEqual(new Set([0]));
    }
  });
});
