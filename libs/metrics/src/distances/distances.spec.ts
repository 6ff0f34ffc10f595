import { shrunkCovariance } from '@qloom/datasets/sampling/shrunk-covariance.ts';
import { createRandom } from '@qloom/random/random.ts';
import { rounding } from '@qloom/tensor/testing/rounding.ts';
import fc from 'fast-check';
import { knnEntropy } from '../constraints/knn-entropy.ts';
import type { Matrix } from '../matrix.ts';
import { correlated, sineGrid } from '../testing/golden-samples.ts';
import { manifoldCoverage } from './coverage.ts';
import { frechetDistance, gaussianFrechet } from './frechet.ts';
import { maximumMeanDiscrepancy } from './mmd.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

const A = sineGrid(12, 3, 0.7);
const B = sineGrid(15, 3, 1.3, 0.4);
const B12 = sineGrid(12, 3, 1.3, 0.4);
const C = correlated(A);
const D = correlated(B12);

function normalSample(count: number, features: number, seed: number, scale = 1, shift = 0): Matrix {
  const random = createRandom(seed);
  return {
    count,
    features,
    values: Float64Array.from({ length: count * features }, () => shift + scale * random.normal()),
  };
}

describe('knnEntropy', () => {
  it('agrees with numpy and scipy', () => {
    // n, d = X.shape; e = np.sort(cdist(X, X), 1)[:, k]
    // digamma(n)-digamma(k)+d/2*np.log(np.pi)-gammaln(d/2+1)+d/n*np.log(np.maximum(e, 1e-3)).sum()
    expect(knnEntropy(A, 1)).toBeCloseTo(4.082920664734651, 10);
    expect(knnEntropy(B, 3)).toBeCloseTo(3.6152097379184074, 10);
  });

  it('comes near the entropy of a Gaussian, ½ d ln 2πe, and grows by d·ln of a factor', () => {
    const sample = normalSample(4000, 2, 1);
    // The estimator's deviation at n = 4,000 is about .025 nats.
    expect(Math.abs(knnEntropy(sample) - Math.log(2 * Math.PI * Math.E))).toBeLessThan(0.1);
    const wider = { ...sample, values: sample.values.map((v) => 3 * v) };
    expect(knnEntropy(wider, 3) - knnEntropy(sample, 3)).toBeCloseTo(2 * Math.log(3), 2);
  });

  it('is finite for copies, through the floor', () => {
    const copies: Matrix = { count: 4, features: 1, values: Float64Array.of(1, 1, 1, 1) };
    expect(knnEntropy(copies)).toBeCloseTo(Math.log(2) + Math.log(1e-3) + (1 + 1 / 2 + 1 / 3), 10);
  });

  it('refuses a single point', () => {
    expect(() => knnEntropy(sineGrid(1, 2, 1))).toThrow('sample: 1 points have no 1-th neighbour; give at least 2');
  });
});

describe('maximumMeanDiscrepancy', () => {
  it('agrees with scikit-learn', () => {
    // K = rbf_kernel(X, X, g), g = 1/(2 s²), s = np.median(pdist(np.vstack([X, Y]))): (K.sum()-trace)/(n(n-1)) + … - 2 M.mean()
    const { squared, bandwidth } = maximumMeanDiscrepancy(A, B);
    expect(squared).toBeCloseTo(-0.003512036654243156, 12);
    expect(bandwidth).toBeCloseTo(1.840090726016747, 12);
    expect(maximumMeanDiscrepancy(C, D, 1).squared).toBeCloseTo(0.009648268348081523, 12);
  });

  it('detects a shift in any units where most points coincide', () => {
    const same = (count: number, value: number): Matrix => ({
      count,
      features: 1,
      values: new Float64Array(count).fill(value),
    });
    for (const unit of [1, 1e-9]) {
      // Of 100 and 10 points 4,995 pairs coincide and 1,000 do not; at the median of these the kernel is e^{−1/2}.
      const { squared, bandwidth } = maximumMeanDiscrepancy(same(100, 5 * unit), same(10, 50 * unit));
      expect(bandwidth / unit).toBeCloseTo(45, 9);
      expect(squared).toBeCloseTo(2 - 2 * Math.exp(-0.5), 12);
    }
    expect(maximumMeanDiscrepancy(same(3, 5), same(3, 5))).toEqual({ squared: 0, bandwidth: 1 });
  });

  it('is symmetric, around 0 for equal laws and positive for others', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [p, q] = [normalSample(20, 2, seed), normalSample(30, 2, seed + 1)];
        const apart = maximumMeanDiscrepancy(p, q).squared - maximumMeanDiscrepancy(q, p).squared;
        // Means of up to 900 kernel values of at most 1, with weights 1, 1 and −2, added up in another order.
        expect(Math.abs(apart)).toBeLessThanOrEqual(2 * rounding(900, 4, 'float64'));
        expect(maximumMeanDiscrepancy(p, normalSample(30, 2, seed + 1, 1, 3)).squared).toBeGreaterThan(0.3);
      }),
      { numRuns: 20 },
    );
    let mean = 0;
    for (let i = 0; i < 200; i++) {
      mean += maximumMeanDiscrepancy(normalSample(20, 2, 2 * i), normalSample(20, 2, 2 * i + 1)).squared / 200;
    }
    // One value deviates by about .02, so that the mean of 200 deviates by .0015.
    expect(Math.abs(mean)).toBeLessThan(0.0075);
  });
});

describe('Fréchet distance', () => {
  it('has the closed form for diagonal covariances', () => {
    const distance = gaussianFrechet(
      Float64Array.of(0, 1),
      Float64Array.of(4, 0, 0, 1),
      Float64Array.of(3, 1),
      Float64Array.of(1, 0, 0, 9),
    );
    expect(distance).toBeCloseTo(9 + 1 + 4, 10);
  });

  it('agrees with scipy and scikit-learn', () => {
    // X, Y standardized by X; ledoit_wolf of each; |Δμ|² + trace(C1 + C2 - 2 real(sqrtm(C1 @ C2)))
    expect(frechetDistance(A, B12)).toBeCloseTo(0.6603279220349304, 9);
    expect(frechetDistance(C, D)).toBeCloseTo(1.033575223872396, 9);
  });

  it('is 0 for a sample and itself, and does not depend on units', () => {
    expect(frechetDistance(C, C)).toBeCloseTo(0, 10);
    const scaled = (m: Matrix) => ({ ...m, values: m.values.map((v, i) => v * [1, 50, 0.01][i % 3] + 7) });
    expect(frechetDistance(scaled(C), scaled(D))).toBeCloseTo(frechetDistance(C, D), 8);
  });

  it('shrinks as Ledoit and Wolf do', () => {
    // sklearn 1.9: ledoit_wolf(C)
    const { covariance, shrinkage } = shrunkCovariance(C.values, 12, 3);
    expect(shrinkage).toBeCloseTo(0.8100330524374211, 11);
    [0.634571225953, 0.096514083393, 0.021128013037, 0.096514083393, 0.638082585119].forEach((value, i) => {
      expect(covariance[i]).toBeCloseTo(value, 10);
    });
  });

  it('detects points outside the plane of the real points, and a constant feature that moves', () => {
    const line = normalSample(30, 1, 1).values;
    const on = (x: (t: number) => number[]): Matrix => ({
      count: 30,
      features: 2,
      values: Float64Array.from([...line].flatMap(x)),
    });
    const real = on((t) => [t, t]);
    const away = on((t) => [t + 100, t - 100]);
    // 100 deviations of the real sample along each feature; the deviation of 30 normal values is .8 to 1.2.
    expect(frechetDistance(real, away)).toBeGreaterThan(2 * 80 ** 2);
    expect(
      frechetDistance(
        real,
        on((t) => [t, -t]),
      ),
    ).toBeGreaterThan(0.5);
    const constant = (value: number) => on((t) => [t, value]);
    // The constant's own size is the unit: (50 − 5)/5 squared.
    expect(frechetDistance(constant(5), constant(50))).toBeCloseTo(81, 9);
    expect(frechetDistance(constant(5e-9), constant(50e-9))).toBeCloseTo(81, 9);
    expect(frechetDistance(constant(0), constant(2))).toBeCloseTo(4, 9);
    expect(frechetDistance(constant(1e-162), constant(1))).toBeGreaterThan(1e100);
    expect(frechetDistance(constant(1e-162), constant(1))).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(frechetDistance(constant(5), constant(5))).toBeCloseTo(0, 9);
  });

  it('grows with a shift of any size in any direction, whatever the rank of the real points', () => {
    const small = { min: -10, max: 10, noNaN: true };
    const shape = fc.record({
      features: fc.integer({ min: 1, max: 5 }),
      rank: fc.integer({ min: 0, max: 5 }),
      seed: fc.integer(),
      direction: fc.array(fc.double(small), { minLength: 5, maxLength: 5 }),
      // A constant is the unit of a constant feature: 0, or no smaller than the shifts.
      centre: fc.array(fc.oneof(fc.constant(0), fc.double({ ...small, min: 1e-3 })), { minLength: 5, maxLength: 5 }),
      // From a thousandth of a deviation, whose square is far above the rounding of distances of order 1 to 1,000.
      size: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    });
    fc.assert(
      fc.property(shape, ({ features, rank, seed, direction, centre, size }) => {
        const random = createRandom(seed);
        const mixing = Float64Array.from({ length: rank * features }, () => random.normal());
        const sample = (shift: (j: number) => number): Matrix => {
          const latent = normalSample(12, rank || 1, seed + 1).values;
          const values = Float64Array.from({ length: 12 * features }, (_, at) => {
            const [i, j] = [Math.floor(at / features), at % features];
            let sum = centre[j] + shift(j);
            for (let k = 0; k < rank; k++) sum += latent[i * rank + k] * mixing[k * features + j];
            return sum;
          });
          return { count: 12, features, values };
        };
        const length = Math.hypot(...direction.slice(0, features));
        fc.pre(length > 1e-3);
        const real = sample(() => 0);
        const shifted = (by: number) =>
          frechetDistance(
            real,
            sample((j) => (by * direction[j]) / length),
          );
        const [none, once, twice] = [shifted(0), shifted(size), shifted(2 * size)];
        expect(once).toBeGreaterThan(none);
        expect(twice).toBeGreaterThan(once);
      }),
    );
  });

  it('refuses samples of different n', () => {
    expect(() => frechetDistance(A, B)).toThrow('samples of 12×3 and 15×3; give the same number');
  });
});

describe('symmetricEigen', () => {
  it('agrees with numpy and gives orthonormal vectors', () => {
    const gram = new Float64Array(9);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 9; j++) gram[j] += C.values[3 * i + Math.floor(j / 3)] * C.values[3 * i + (j % 3)];
    }
    const { values, vectors } = symmetricEigen(gram, 3);
    // np.linalg.eigvalsh(C.T @ C)
    [15.55996508756555, 8.411148309578547, 0.583388151755587].forEach((value, k) => {
      expect(values[k]).toBeCloseTo(value, 10);
      for (let l = 0; l < 3; l++) {
        const dot = [0, 1, 2].reduce((sum, j) => sum + vectors[3 * k + j] * vectors[3 * l + j], 0);
        expect(dot).toBeCloseTo(k === l ? 1 : 0, 12);
      }
    });
  });
});

describe('manifoldCoverage', () => {
  it('agrees with the formulas in numpy', () => {
    // r, f = np.sort(cdist(·, ·), 1)[:, 2]; D = cdist(R, F)
    // (D<r[:,None]).any(0).mean(), (D<f[None]).any(1).mean(), (D<r[:,None]).sum(0).mean()/k, (D.min(1)<r).mean()
    const { precision, recall, density, coverage } = manifoldCoverage(A, B, 2);
    expect([precision, recall, density, coverage]).toEqual(
      [0.9333333333333333, 1, 1.0333333333333334, 0.8333333333333334].map((value) => expect.closeTo(value, 12)),
    );
  });

  it('is 1 for a copy, 0 for a sample far away, and shows missing modes by recall and coverage', () => {
    const real = normalSample(60, 2, 1);
    expect(manifoldCoverage(real, real)).toMatchObject({ precision: 1, recall: 1, coverage: 1 });
    const far = normalSample(60, 2, 2, 1, 50);
    expect(manifoldCoverage(real, far)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
    const narrow = manifoldCoverage(real, normalSample(60, 2, 3, 0.2));
    expect(narrow.precision).toBeGreaterThan(0.95);
    expect(narrow.recall).toBeLessThan(0.5);
    expect(narrow.coverage).toBeLessThan(0.7);
  });
});
