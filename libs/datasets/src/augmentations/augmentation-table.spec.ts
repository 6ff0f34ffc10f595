import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, rowsByClass } from '@qloom/study/points/rows.ts';
import { createAnnniTask } from '../annni/annni-task.ts';

import { AUGMENTATIONS, type AugmentationName } from './augmentation-table.ts';

const real = createAnnniTask().draw({ count: 40, seed: 11 });
const physical = createAnnniTask().descriptor.physical;

/** Two classes of correlated Gaussian points in two features, with groups. */
function gaussianPair(count: number): Points {
  const random = createRandom('pair');
  const x = new Float32Array(2 * count);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  for (let i = 0; i < count; i++) {
    const shared = random.normal();
    x[2 * i] = shared + 5 * y[i];
    x[2 * i + 1] = 10 * (0.8 * shared + 0.6 * random.normal());
  }
  return { count, features: 2, classes: 2, x, y, group: Int32Array.from(y, (label) => 7 + label) };
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const covariance = (a: number[], b: number[]) => {
  const [meanA, meanB] = [mean(a), mean(b)];
  return mean(a.map((v, i) => (v - meanA) * (b[i] - meanB)));
};

function columnsOf(points: Points, label: number): number[][] {
  const rows = rowsByClass(points)[label];
  return Array.from({ length: points.features }, (_, j) => rows.map((row) => points.x[row * points.features + j]));
}

describe.each(Object.keys(AUGMENTATIONS) as AugmentationName[])('the augmentation %s', (name) => {
  const method = AUGMENTATIONS[name];
  const make = (points: Points, counts: number[], seed = 1) =>
    method.augment(points, { counts, random: createRandom(seed), shots: 16, physical });

  it('has the name of its row', () => {
    expect(method.name).toBe(name);
  });

  it('makes the counts asked for, finite and within the physical limits, the same for the same seed', () => {
    const made = make(real, [30, 0, 50]);
    expect(classCounts(made)).toEqual([30, 0, 50]);
    expect(made.x.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(make(real, [30, 0, 50])).toEqual(made);
    if (name !== 'duplicate') expect(make(real, [30, 0, 50], 2).x).not.toEqual(made.x);
  });

  it('keeps the means of the classes', () => {
    const points = gaussianPair(200);
    if (method.needsShots) return;
    const made = method.augment(points, { counts: [1000, 1000], random: createRandom(3) });
    for (const label of [0, 1]) {
      columnsOf(points, label).forEach((column, j) => {
        const spread = Math.sqrt(covariance(column, column));
        expect(Math.abs(mean(columnsOf(made, label)[j]) - mean(column))).toBeLessThan(0.25 * spread);
      });
    }
    expect([...(made.group ?? [])]).toEqual([...made.y].map((label) => 7 + label));
  });

  it('copes with a class of one row', () => {
    const lone: Points = {
      count: 3,
      features: 1,
      classes: 2,
      x: Float32Array.of(0, 0.5, -0.25),
      y: Int32Array.of(0, 1, 0),
    };
    const made = method.augment(lone, { counts: [2, 4], random: createRandom(1), shots: 8 });
    expect([...made.x].every(Number.isFinite)).toBe(true);
  });

  it('refuses a strength out of range, a class without rows and counts of the wrong length', () => {
    const request = { random: createRandom(1), shots: 16 };
    const empty: Points = { ...real, classes: 4 };
    expect(() => method.augment(empty, { ...request, counts: [1, 1, 1, 1] })).toThrow(
      'class 3 are wanted, but it has no row',
    );
    expect(() => method.augment(real, { ...request, counts: [1] })).toThrow('must be 3 whole numbers');
    if (method.strength) {
      expect(() => method.augment(real, { ...request, counts: [1, 1, 1], strength: 1e3 })).toThrow(`of '${name}'`);
    }
  });
});

describe('invariants of the methods', () => {
  const points = gaussianPair(400);
  const made = (name: AugmentationName, strength?: number) =>
    AUGMENTATIONS[name].augment(points, { counts: [4000, 4000], random: createRandom(9), strength });

  it('class-gaussian: the covariance of the class, or strength² of it', () => {
    const [a, b] = columnsOf(points, 0);
    for (const strength of [1, 0.5]) {
      const [u, v] = columnsOf(made('class-gaussian', strength), 0);
      // Shrinkage at n = 200 moves a correlation of .8 by about a percent; sampling error at n = 4,000 is 3 %.
      expect(covariance(u, v) / covariance(a, b)).toBeCloseTo(strength ** 2, 0.9);
      expect(covariance(u, u) / covariance(a, a)).toBeCloseTo(strength ** 2, 0.9);
    }
  });

  it('duplicate: nothing but real rows, equally often', () => {
    const twice = AUGMENTATIONS.duplicate.augment(points, { counts: [400, 400], random: createRandom(1) });
    const key = (p: Points, i: number) => `${p.x[2 * i]},${p.x[2 * i + 1]}`;
    const seen = new Map<string, number>();
    for (let i = 0; i < 800; i++) seen.set(key(twice, i), (seen.get(key(twice, i)) ?? 0) + 1);
    expect(seen.size).toBe(400);
    expect([...seen.values()].every((times) => times === 2)).toBe(true);
  });

  it('noise: the deviation asked for, in units of the feature', () => {
    const [, b] = columnsOf(made('noise', 0.5), 0);
    const [, real1] = columnsOf(points, 0);
    const all = [...columnsOf(points, 0)[1], ...columnsOf(points, 1)[1]];
    const added = covariance(b, b) - covariance(real1, real1);
    expect(added / covariance(all, all)).toBeCloseTo(0.25, 1);
  });

  it('rotations: the distance from the mean, in standardized features', () => {
    const turned = AUGMENTATIONS.rotations.augment(points, {
      counts: [200, 200],
      random: createRandom(1),
      strength: 0.3,
    });
    const columns = [0, 1].map((j) => Array.from({ length: 400 }, (_, i) => points.x[2 * i + j]));
    const means = columns.map(mean);
    const scales = columns.map((column) => Math.sqrt(covariance(column, column)));
    const radius = (p: Points, i: number) => Math.hypot(...[0, 1].map((j) => (p.x[2 * i + j] - means[j]) / scales[j]));
    const before = Array.from({ length: 400 }, (_, i) => radius(points, i)).sort((a, b) => a - b);
    const after = Array.from({ length: 400 }, (_, i) => radius(turned, i)).sort((a, b) => a - b);
    // Float32 rows of numbers up to 4, four roundings each: 1e-6.
    after.forEach((r, i) => {
      expect(r).toBeCloseTo(before[i], 4);
    });
  });

  it('smote and mixup: inside the bounding box of the class', () => {
    for (const name of ['smote', 'mixup'] as const) {
      columnsOf(made(name), 1).forEach((column, j) => {
        const source = columnsOf(points, 1)[j];
        expect(Math.min(...column)).toBeGreaterThanOrEqual(Math.min(...source));
        expect(Math.max(...column)).toBeLessThanOrEqual(Math.max(...source));
      });
    }
  });

  it('shots: multiples of 2/shots, with the variance of the posterior predictive', () => {
    const one: Points = { count: 1, features: 1, classes: 1, x: Float32Array.of(0.5), y: Int32Array.of(0) };
    const again = AUGMENTATIONS.shots.augment(one, { counts: [20_000], random: createRandom(1), shots: 16 });
    const values = [...again.x];
    expect(values.every((value) => Number.isInteger(value * 8))).toBe(true);
    // Beta-binomial(16, 12.5, 4.5): mean of 2k/16 − 1 and its variance, exact.
    const [a, b, n] = [12.5, 4.5, 16];
    expect(mean(values)).toBeCloseTo((2 * a) / (a + b) - 1, 1.7);
    const variance = ((n * a * b * (a + b + n)) / ((a + b) ** 2 * (a + b + 1))) * (4 / n ** 2);
    expect(covariance(values, values) / variance).toBeCloseTo(1, 1);
  });
});
