import { createAnnniTask } from '@qloom/datasets/annni/annni-task.ts';
import { AUGMENTATIONS } from '@qloom/datasets/augmentations/augmentation-table.ts';
import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { createRandom } from '@qloom/random/random.ts';
import { physicalValidity } from '../constraints/physical-validity.ts';
import { DISTANCE_NAMES, distanceNull, distributionDistances } from './distribution-report.ts';

const task = createAnnniTask();
const training = task.draw({ count: 40, seed: 1 });
const heldOut = task.draw({ count: 40, seed: 2 });
const distances = (synthetic: typeof training) =>
  distributionDistances(heldOut, synthetic, fitStandardizer(training), createRandom(1));

it('measures how far a constant feature moves in its own units, not in those of a rounded mean', () => {
  const withConstant = (value: number, seed: number) => {
    const random = createRandom(seed);
    const x = Float32Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? random.normal() : value));
    return { count: 60, features: 2, classes: 1, x, y: new Int32Array(60) };
  };
  const standardizer = fitStandardizer(withConstant(5.1, 1));
  const real = withConstant(5.1, 2);
  const [same, moved] = [5.1, 7.1].map(
    (value) => distributionDistances(real, withConstant(value, 3), standardizer, createRandom(1)).frechet,
  );
  // The deviation of a constant is not known; its unit is 1. A shift adds its square, here in float32: 7.1 − 5.1 to 5e-7.
  expect(moved - same).toBeCloseTo(4, 4);
});

describe('distributionDistances compared with their null', () => {
  const null40 = distanceNull(task.draw({ count: 80, seed: 5 }), { seed: 1 });

  it('puts fresh real points inside the null, and noise outside', () => {
    const fresh = distances(task.draw({ count: 200, seed: 3 }));
    const noisy = distances(
      AUGMENTATIONS.noise.augment(training, { counts: [67, 67, 66], strength: 1, random: createRandom(1) }),
    );
    expect(null40.size).toBe(40);
    for (const name of ['frechet', 'mmd'] as const) {
      const { low, high } = null40.entries[name];
      // An average over five blocks spreads less than the null, but shares one held-out sample: half a width is allowed.
      expect(fresh[name]).toBeLessThan(high + (high - low) / 2);
      expect(noisy[name]).toBeGreaterThan(null40.entries[name].high);
    }
    expect(noisy.precision).toBeLessThan(fresh.precision);
  });

  it('is plain JSON and reproducible', () => {
    const again = distanceNull(task.draw({ count: 80, seed: 5 }), { seed: 1 });
    expect(again).toEqual(null40);
    expect(JSON.parse(JSON.stringify(null40))).toEqual(null40);
    for (const name of DISTANCE_NAMES) expect(null40.entries[name].low).toBeLessThanOrEqual(null40.entries[name].high);
  });

  it('refuses too few points', () => {
    expect(() => distanceNull(training, { seed: 1, size: 21 })).toThrow(
      'two samples of 21 from 40 points; give 2 … 20',
    );
    expect(() => distances(task.draw({ count: 1, seed: 1 }))).toThrow('1 synthetic points; give at least 2');
  });
});

describe('physicalValidity', () => {
  const { physical: ranges, featureNames: observables } = task.descriptor;

  it('holds for exact expectations of true states', () => {
    const exact = createAnnniTask({ shots: null }).draw({ count: 60, seed: 1 });
    expect(physicalValidity(exact, { ranges, observables })).toEqual({ inRange: 1, worstExcess: 0, uncertainty: 1 });
  });

  it('detects values beyond 1 and pairs that no state has', () => {
    const points = {
      count: 3,
      features: 4,
      classes: 3,
      // Z3 anticommutes with X3X4 and with X3X5; Z0 with none.
      x: Float32Array.of(0.5, 0.5, 0.5, 0.9, 0.9, 0.9, 0, 0, 1.25, 0, 0, 0),
      y: Int32Array.of(0, 1, 2),
    };
    const found = physicalValidity(points, { ranges, observables });
    expect(found.inRange).toBeCloseTo(2 / 3, 12);
    expect(found.worstExcess).toBeCloseTo(0.25, 12);
    expect(found.uncertainty).toBeCloseTo(1 / 3, 12);
    expect(physicalValidity(points, { ranges }).uncertainty).toBeNull();
    expect(() => physicalValidity(points, { ranges, observables: ['Z0'] })).toThrow('observables: 1 for 4 features');
  });
});
