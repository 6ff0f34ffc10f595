import { createRandom } from '@qloom/random/random.ts';
import { createAnnniTask } from '../annni/annni-task.ts';
import { dequantize, featureResolution, quantizeToShots } from './dequantize.ts';

describe('dequantization', () => {
  const measured = createAnnniTask({ shots: 16 }).draw({ count: 60, seed: 1 });

  it('finds the step of expectations from shots, and none in continuous features', () => {
    expect(featureResolution(measured)).toEqual([0.125, 0.125, 0.125, 0.125]);
    expect(featureResolution(createAnnniTask({ shots: null }).draw({ count: 60, seed: 1 }))).toEqual([0, 0, 0, 0]);
  });

  it('spreads values over their step, and quantizing brings them back', () => {
    const spread = dequantize(measured, featureResolution(measured), createRandom(1));
    expect(new Set(spread.x).size).toBeGreaterThan(230);
    spread.x.forEach((value, i) => {
      // A sum of float32 numbers up to 1.
      expect(Math.abs(value - measured.x[i])).toBeLessThanOrEqual(0.0625 + 1e-6);
    });
    expect(quantizeToShots(spread, 16).x).toEqual(measured.x);
  });

  it('leaves continuous features as they are, and refuses a wrong number of steps', () => {
    expect(dequantize(measured, [0, 0, 0, 0], createRandom(1))).toBe(measured);
    expect(() => dequantize(measured, [0.1], createRandom(1))).toThrow('1 steps for 4 features');
  });
});
