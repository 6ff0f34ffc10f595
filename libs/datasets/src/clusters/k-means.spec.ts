import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { runNow } from '../split/turns.ts';
import { classCentresSteps } from './class-centres.ts';
import { type ClusterRows, type KMeansOptions, kMeansSteps } from './k-means.ts';

const kMeans = (rows: ClusterRows, options: KMeansOptions) => runNow(kMeansSteps(rows, options));
const classCentres = (points: Points, count: number, random: Random) =>
  runNow(classCentresSteps(points, count, random));

const rowsOf = (count: number, features: number, at: (i: number, j: number) => number): ClusterRows => ({
  count,
  features,
  x: Float64Array.from({ length: count * features }, (_, n) => at(Math.floor(n / features), n % features)),
});

/** Rows with few levels have many copies and equal distances; with a normal value of each there are none. */
const anyRows = fc
  .record({
    count: fc.integer({ min: 1, max: 30 }),
    features: fc.integer({ min: 1, max: 4 }),
    levels: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
    seed: fc.integer(),
  })
  .chain(({ count, features, levels, seed }) => {
    const random = createRandom(`k-means/${seed}`);
    const value = () => (levels === Number.POSITIVE_INFINITY ? random.normal() : random.integer(levels));
    return fc.record({
      rows: fc.constant(rowsOf(count, features, value)),
      k: fc.integer({ min: 1, max: count }),
      seed: fc.constant(seed),
    });
  });

const distance = ({ features, x }: ClusterRows, row: number, centres: Float64Array, c: number) => {
  let sum = 0;
  for (let j = 0; j < features; j++) sum += (x[row * features + j] - centres[c * features + j]) ** 2;
  return sum;
};

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

describe('kMeansSteps', () => {
  it('agrees with scikit-learn from the same first centres', () => {
    // scikit-learn 1.9.1: x = np.array([[((7919*i + 104729*j + 13*i*i*(j+1)) % 997) / 100 for j in range(3)] for i in range(40)])
    // m = KMeans(5, init=x[::8], n_init=1, algorithm='lloyd', tol=0).fit(x); m.cluster_centers_, m.labels_, m.inertia_
    const rows = rowsOf(40, 3, (i, j) => ((7919 * i + 104729 * j + 13 * i * i * (j + 1)) % 997) / 100);
    const initial = Float64Array.from([0, 8, 16, 24, 32].flatMap((i) => [...rows.x.subarray(3 * i, 3 * i + 3)]));
    const { centres, clusterOf, inertia } = kMeans(rows, { k: 5, random: createRandom(1), initial });
    const expected = [
      [2.008571428571429, 1.7357142857142858, 1.462857142857143],
      [8.149999999999999, 1.6857142857142864, 2.342857142857143],
      [7.204, 7.1930000000000005, 2.197],
      [1.326666666666667, 5.788888888888889, 5.819999999999999],
      [6.6571428571428575, 5.662857142857143, 7.517142857142858],
    ].flat();
    // Sums of at most ten values below 10, in float64.
    expect(largestDifference(centres, expected)).toBeLessThan(1e-13);
    expect([...clusterOf].join('')).toBe('0111133304120440223131343202203423024422');
    expect(inertia).toBeCloseTo(302.51209174603173, 10);
  });

  it('gives every row its nearest centre, and every centre the mean of its rows', () => {
    fc.assert(
      fc.property(anyRows, ({ rows, k, seed }) => {
        const { centres, clusterOf, inertia } = kMeans(rows, { k, random: createRandom(seed), iterations: 1000 });
        const nearest = clusterOf.every((own, row) => {
          const all = Array.from({ length: k }, (_, c) => distance(rows, row, centres, c));
          return all[own] === Math.min(...all);
        });
        expect(nearest).toBe(true);
        const total = clusterOf.reduce((sum, own, row) => sum + distance(rows, row, centres, own), 0);
        expect(inertia).toBeCloseTo(total, 9);
        for (let c = 0; c < k; c++) {
          const members = [...clusterOf.keys()].filter((i) => clusterOf[i] === c);
          if (members.length === 0) continue;
          const means = Array.from({ length: rows.features }, (_, j) =>
            members.reduce((sum, i) => sum + rows.x[i * rows.features + j] / members.length, 0),
          );
          const centre = centres.subarray(c * rows.features, (c + 1) * rows.features);
          expect(largestDifference(means, centre)).toBeLessThan(1e-13);
        }
      }),
    );
  });

  it('has no inertia with as many clusters as distinct rows, and the same centres for the same seed', () => {
    fc.assert(
      fc.property(anyRows, ({ rows, seed }) => {
        const { inertia, centres } = kMeans(rows, { k: rows.count, random: createRandom(seed) });
        // The mean of copies is the copy up to rounding.
        expect(inertia).toBeLessThan(1e-25);
        expect(kMeans(rows, { k: rows.count, random: createRandom(seed) }).centres).toEqual(centres);
      }),
    );
  });

  it('refuses numbers of clusters that the rows do not fill', () => {
    const rows = rowsOf(3, 1, (i) => i);
    for (const k of [0, 4, 1.5]) {
      expect(() => kMeans(rows, { k, random: createRandom(1) })).toThrow(
        `k: ${k} clusters of 3 rows; right would be 1 to 3`,
      );
    }
  });
});

describe('classCentresSteps', () => {
  const points = (counts: readonly number[], seed = 1) => {
    const random = createRandom(seed);
    const y = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
    // The second feature is 1e6 times as large: standardized, both count the same.
    const x = Float32Array.from({ length: 2 * y.length }, (_, i) => (i % 2 === 0 ? 1 : 1e6) * random.normal());
    return { count: y.length, features: 2, classes: counts.length, x, y };
  };

  it('shares the points among the classes by largest remainders, with one for the rarest', () => {
    const got = classCentres(points([70, 27, 1]), 10, createRandom(1));
    expect([...got.y]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 2]);
    expect(got.x).toHaveLength(20);
  });

  it('has the mean of each class with one point a class, and the rows themselves with as many points', () => {
    const all = points([6, 4]);
    const { x } = classCentres(all, 2, createRandom(1));
    const mean = all.x.filter((_, i) => i < 12 && i % 2 === 0).reduce((sum, value) => sum + value / 6, 0);
    // float32: 2^-24 of values of about 1, once for each of the six rows.
    expect(Math.abs(x[0] - mean)).toBeLessThan(6 * 2 ** -24);
    const whole = classCentres(all, 10, createRandom(1));
    const sorted = (values: Float32Array) => [...values].filter((_, i) => i % 2 === 0).sort((a, b) => a - b);
    // Standardized and back, in float64, then float32.
    expect(largestDifference(sorted(whole.x), sorted(all.x))).toBeLessThan(2 ** -22);
  });

  it('refuses fewer points than classes, more than rows, and a class without rows', () => {
    expect(() => classCentres(points([5, 5, 5]), 2, createRandom(1))).toThrow(
      'points: 2 of 15 rows; right would be 3, one a class, to 15',
    );
    expect(() => classCentres(points([5, 5]), 11, createRandom(1))).toThrow('points: 11 of 10 rows');
    expect(() => classCentres(points([5, 0, 5]), 4, createRandom(1))).toThrow('class 1 has no row');
  });
});
