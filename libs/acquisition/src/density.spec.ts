import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { densityWeights } from './density.ts';
import { anyCandidates } from './testing/any-request.ts';

describe('densityWeights', () => {
  it('are from 0.1 to 10, and the same in any unit', () => {
    fc.assert(
      fc.property(anyCandidates, fc.constantFrom(1 / 1024, 2, 4096), (candidates, unit) => {
        const weights = densityWeights(candidates);
        expect(weights.every((weight) => weight >= 0.1 && weight <= 10)).toBe(true);
        // A power of two changes no digit.
        expect(densityWeights({ ...candidates, values: candidates.values.map((value) => unit * value) })).toEqual(
          weights,
        );
      }),
    );
  });

  it('are twice as high where points on a line are twice as close', () => {
    // 100 points at distance 1, then 401 at distance 2: the median is that of a wide one, and distances to ten neighbours are in the ratio.
    const values = Float64Array.from({ length: 501 }, (_, i) => (i < 100 ? i : 100 + 2 * (i - 100)));
    const weights = densityWeights({ count: 501, features: 1, values });
    expect(weights[50]).toBeCloseTo(2, 12);
    expect(weights[150]).toBe(1);
  });

  it('follow the density of a normal sample', () => {
    const random = createRandom(1);
    const values = Float64Array.from({ length: 400 }, () => random.normal());
    const weights = densityWeights({ count: 400, features: 1, values });
    const meanWhere = (isInside: (x: number) => boolean) => {
      const inside = [...values.keys()].filter((i) => isInside(values[i]));
      return inside.reduce((sum, i) => sum + weights[i] / inside.length, 0);
    };
    expect(meanWhere((x) => Math.abs(x) < 0.5)).toBeGreaterThan(3 * meanWhere((x) => Math.abs(x) > 1.96));
  });

  it('are 1 for one point, and for copies alone', () => {
    expect([...densityWeights({ count: 1, features: 2, values: new Float64Array(2) })]).toEqual([1]);
    expect([...densityWeights({ count: 3, features: 1, values: new Float64Array(3) })]).toEqual([1, 1, 1]);
  });
});
