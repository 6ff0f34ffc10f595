import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass, selectRows } from '@qloom/study/points/rows.ts';
import { createAnnniTask } from '../annni/annni-task.ts';
import { defaultRho, fitPrior } from './prior.ts';
import { measureWithShots } from './shot-layer.ts';
import { classMoments } from './within-class-covariance.ts';

function pointsOf(rows: number[][], labels: number[], classes: number): Points {
  return {
    count: rows.length,
    features: rows[0].length,
    classes,
    x: Float32Array.from(rows.flat()),
    y: Int32Array.from(labels),
  };
}

/** Three classes, one of them with a single row, and a fourth without any. All values are exact in float32. */
const rows = [
  [1, 2, 0.5],
  [2, 1, 1.5],
  [0, 3, -1],
  [1.5, 2.5, 0],
  [4, 5, 2],
  [5, 4, 3.5],
  [6, 7, 2.5],
  [-3, 0, 1],
];
const labelled = pointsOf(rows, [0, 0, 0, 0, 1, 1, 1, 2], 4);

const annni = createAnnniTask().draw({ count: 40, seed: 11 });
const { physical } = createAnnniTask().descriptor;

/** Mean and covariance (divided by n) of points. */
function momentsOf({ x, count, features }: Points) {
  const mean = Array.from({ length: features }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x[i * features + j];
    return sum / count;
  });
  const covariance = mean.flatMap((a, j) =>
    mean.map((b, k) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += (x[i * features + j] - a) * (x[i * features + k] - b);
      return sum / count;
    }),
  );
  return { mean, covariance };
}

/** Equal to the eight digits that are printed. */
function expectClose(got: Float64Array, expected: readonly number[]) {
  expect(got).toHaveLength(expected.length);
  for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(expected[i], 7);
}

describe('classMoments', () => {
  it('agrees with LedoitWolf of scikit-learn 1.9.1 on the deviations from the class means', () => {
    // D = concatenate([X[y == c] - X[y == c].mean(0) for c in range(3)]); n, K = 8, 3
    // LedoitWolf(assume_centered=True).fit(D).covariance_ * n / (n - K)
    const expected = [
      [0.96484444, 0.01276403, 0.19571512],
      [0.01276403, 1.1463773, -0.25811704],
      [0.19571512, -0.25811704, 0.98044492],
    ].flat();
    const { means, covariance } = classMoments(labelled);
    expectClose(covariance, expected);
    expect(means.map((mean) => mean && [...mean])).toEqual([
      [1.125, 2.125, 0.25],
      [5, expect.closeTo(16 / 3, 12), expect.closeTo(8 / 3, 12)],
      [-3, 0, 1],
      undefined,
    ]);
  });

  it('takes the spread of all rows where no class has two, and none from a single row', () => {
    // LedoitWolf().fit(X[[0, 4, 7]]).covariance_ * 3 / 2
    const expected = [
      [10.73268008, 6.32204782, 1.15498951],
      [6.32204782, 6.35587775, 1.03341166],
      [1.15498951, 1.03341166, 2.16144217],
    ].flat();
    expectClose(classMoments(selectRows(labelled, [0, 4, 7])).covariance, expected);
    expect([...classMoments(selectRows(labelled, [4])).covariance]).toEqual(new Array(9).fill(0));
  });
});

describe('fitPrior', () => {
  it.each([0, 0.7])('draws with the class mean and the pooled covariance, for ρ = %s', (rho) => {
    const count = 40_000;
    const drawn = fitPrior(labelled, { rho }).draw(1, count, createRandom('moments'));
    const { mean, covariance } = momentsOf(drawn);
    // The prior shrinks in standardized features: P of those, in the units of the data.
    const scale = momentsOf(labelled)
      .covariance.filter((_, i) => i % 4 === 0)
      .map(Math.sqrt);
    const overall = momentsOf(labelled).mean;
    const standard = { ...labelled, x: labelled.x.map((v, i) => (v - overall[i % 3]) / scale[i % 3]) };
    const own = rowsByClass(labelled)[1].map((row) => [...standard.x.subarray(3 * row, 3 * row + 3)]);
    const centre = [0, 1, 2].map((j) => (own[0][j] + own[1][j] + own[2][j]) / 3);
    const pooled = classMoments(standard).covariance;
    for (let j = 0; j < 3; j++) {
      // Five standard errors of a mean, and of a covariance of two variables with variances below 2.
      expect(Math.abs(mean[j] - (centre[j] * scale[j] + overall[j]))).toBeLessThan((5 * 2 * scale[j]) / 200);
      for (let k = 0; k < 3; k++) {
        const rowsPart = own.reduce((sum, row) => sum + ((row[j] - centre[j]) * (row[k] - centre[k])) / 3, 0);
        const expected = rho ** 2 * rowsPart + (1 - rho ** 2) * pooled[3 * j + k];
        const got = covariance[3 * j + k] / (scale[j] * scale[k]);
        expect(Math.abs(got - expected)).toBeLessThan((5 * 3) / 200);
      }
    }
  });

  it('gives the rows themselves for ρ = 1, each equally often', () => {
    const drawn = fitPrior(labelled, { rho: 1 }).draw(1, 6, createRandom(3));
    const times = rows.slice(4, 7).map(
      (row) =>
        Array.from({ length: 6 }, (_, i) => [...drawn.x.subarray(3 * i, 3 * i + 3)]).filter((made) =>
          // Standardized in float32 and back: a few roundings of numbers up to 7.
          made.every((value, j) => Math.abs(value - row[j]) < 1e-5),
        ).length,
    );
    expect(times).toEqual([2, 2, 2]);
  });

  it('keeps to the limits and the grid of the shots, and is the same for the same stream', () => {
    const prior = fitPrior(annni, { shots: 16, physical });
    expect(prior.rho).toBe(defaultRho(16));
    const drawn = prior.draw(2, 500, createRandom('grid'));
    for (const value of drawn.x) {
      expect(Math.abs(value)).toBeLessThanOrEqual(1);
      expect(Number.isInteger((value + 1) * 8)).toBe(true);
    }
    expect(prior.draw(2, 500, createRandom('grid'))).toEqual(drawn);
    expect(prior.draw(2, 500, createRandom('other')).x).not.toEqual(drawn.x);
    expect([...drawn.y]).toEqual(new Array(500).fill(2));
    const unmeasured = fitPrior(annni, { physical }).draw(2, 500, createRandom('limits'));
    expect(unmeasured.x.every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  it('refuses a class without a row, no rows, and settings out of range', () => {
    expect(() => fitPrior(labelled).draw(3, 1, createRandom(1))).toThrow(
      'points of class 3 are wanted, but it has no row',
    );
    expect(() => fitPrior(pointsOf([[1]], [0], 1), { rho: 1.5 })).toThrow('rho: 1.5 is not within 0 … 1');
    expect(() => fitPrior(labelled, { physical })).toThrow('physical: 4 ranges for 3 features');
    expect(() => fitPrior({ ...labelled, count: 0, x: new Float32Array(0), y: new Int32Array(0) })).toThrow(
      'there are no training points',
    );
  });
});

describe('measureWithShots', () => {
  it('has the mean and the variance of a binomial average', () => {
    const count = 20_000;
    const expectation = 0.4;
    const shots = 16;
    const made = measureWithShots(
      { count, features: 1, classes: 1, x: new Float32Array(count).fill(expectation), y: new Int32Array(count) },
      shots,
      createRandom('shots'),
    );
    const { mean, covariance } = momentsOf(made);
    const variance = (1 - expectation ** 2) / shots;
    // Five standard errors: √(v/n) of a mean, about v·√(2/n) of a variance.
    expect(Math.abs(mean[0] - expectation)).toBeLessThan(5 * Math.sqrt(variance / count));
    expect(Math.abs(covariance[0] - variance)).toBeLessThan(5 * variance * Math.sqrt(2 / count));
  });

  it('leaves features alone that are no expectations, and refuses a fraction of a shot', () => {
    const made = measureWithShots(labelled, 4, createRandom(1), [false, true, false]);
    expect([made.x[0], made.x[2]]).toEqual([1, 0.5]);
    expect(made.x[1]).toBe(1);
    expect(() => measureWithShots(labelled, 1.5, createRandom(1))).toThrow('1.5 shots; give a whole number');
  });
});
