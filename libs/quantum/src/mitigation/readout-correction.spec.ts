import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { type ReadoutError, readProbabilities } from '../noise/readout-error.ts';
import { measureReadout, readoutCalibrationCircuits } from './readout-calibration.ts';
import {
  correctedSigns,
  correctionOverhead,
  fitReadout,
  invertReadout,
  type OutcomeCounts,
  projectToSimplex,
} from './readout-correction.ts';

const QUBITS = 3;
const errorRate = fc.double({ min: 0, max: 0.3, noNaN: true });
const readout = fc.array(fc.record({ oneWhenZero: errorRate, zeroWhenOne: errorRate }), {
  minLength: QUBITS,
  maxLength: QUBITS,
});
const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 });
const distribution = weights
  .filter((list) => list.some((weight) => weight > 1e-3))
  .map((list) => {
    const total = list.reduce((sum, weight) => sum + weight, 0);
    return Float64Array.from(list, (weight) => weight / total);
  });

const asCounts = (values: Float64Array): OutcomeCounts => new Map([...values].map((value, k) => [k, value]));

/** Draws `shots` outcomes. */
function sample(probabilities: Float64Array, shots: number, seed: number): Map<number, number> {
  const random = createRandom(seed);
  const counts = new Map<number, number>();
  for (let shot = 0; shot < shots; shot++) {
    let value = random.uniform();
    const outcome = probabilities.findIndex((probability) => (value -= probability) < 0);
    const at = outcome < 0 ? probabilities.length - 1 : outcome;
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return counts;
}

/** Σ of count · product of signs of the bits in `mask`, over shots. */
function meanProduct(counts: OutcomeCounts, signs: readonly (readonly [number, number])[], mask: number): number {
  let [total, shots] = [0, 0];
  for (const [outcome, count] of counts) {
    const value = signs.reduce(
      (product, pair, j) => ((mask >> j) & 1 ? product * pair[(outcome >> j) & 1] : product),
      1,
    );
    total += count * value;
    shots += count;
  }
  return total / shots;
}

const PLAIN = Array.from({ length: QUBITS }, () => [1, -1] as const);

describe('corrected signs', () => {
  it('give every product of Z without bias, whatever the errors', () => {
    fc.assert(
      fc.property(distribution, readout, fc.integer({ min: 1, max: 7 }), (exact, errors, mask) => {
        const read = asCounts(readProbabilities(exact, errors));
        const wanted = meanProduct(asCounts(exact), PLAIN, mask);
        // Each sign is at most 1.3/0.4, and the sum has eight terms.
        expect(Math.abs(meanProduct(read, errors.map(correctedSigns), mask) - wanted)).toBeLessThan(1e-12);
      }),
    );
  });

  it('cost at most the stated factor of shots, and exactly it for symmetric errors', () => {
    const errors = [0.02, 0.05, 0.1].map((p) => ({ oneWhenZero: p, zeroWhenOne: p }));
    expect(correctionOverhead(errors)).toBeCloseTo(1 / (0.96 * 0.9 * 0.8) ** 2, 12);
    const skewed: ReadoutError[] = [{ oneWhenZero: 0.01, zeroWhenOne: 0.09 }];
    // a = 0.9, b = 0.08: the value that stands for 1 is −1.08/0.9.
    expect(correctionOverhead(skewed)).toBeCloseTo(1.2 ** 2, 12);
  });

  it('are refused where the readout says nothing', () => {
    expect(() => correctedSigns({ oneWhenZero: 0.6, zeroWhenOne: 0.4 })).toThrow(
      'p(1|0) + p(0|1) = 1; below 1 is right',
    );
  });
});

describe('invertReadout', () => {
  it('undoes the confusion of a distribution', () => {
    fc.assert(
      fc.property(distribution, readout, (exact, errors) => {
        const undone = invertReadout(asCounts(readProbabilities(exact, errors)), errors);
        undone.forEach((value, k) => {
          expect(value).toBeCloseTo(exact[k], 11);
        });
      }),
    );
  });

  it('refuses outcomes beyond its qubits, and no counts', () => {
    const errors = [{ oneWhenZero: 0, zeroWhenOne: 0 }];
    expect(() => invertReadout(new Map([[2, 1]]), errors)).toThrow('the outcome 2 has more bits than the 1 qubits');
    expect(() => invertReadout(new Map(), errors)).toThrow('at least one shot is right');
  });
});

describe('fitReadout', () => {
  it('is the constrained least squares: a distribution that meets the conditions of Karush, Kuhn and Tucker', () => {
    fc.assert(
      fc.property(distribution, readout, fc.integer({ min: 0, max: 1e6 }), (exact, errors, seed) => {
        const counts = sample(readProbabilities(exact, errors), 50, seed);
        const fitted = fitReadout(counts, errors);
        expect(fitted.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
        const residual = readProbabilities(fitted, errors).map((value, k) => value - (counts.get(k) ?? 0) / 50);
        // ∂/∂p_k, entry by entry: the response to a unit vector is a column of A.
        const slope = fitted.map((_, k) => {
          const column = readProbabilities(new Float64Array(8).fill(1, k, k + 1), errors);
          return column.reduce((sum, value, i) => sum + value * residual[i], 0);
        });
        const least = Math.min(...slope);
        fitted.forEach((value, k) => {
          expect(value).toBeGreaterThanOrEqual(0);
          // The last step moved nothing by 1e-12; the smallest eigenvalue of AᵀA for errors up to 0.3 is about 1e-3.
          if (value > 1e-7) expect(slope[k] - least).toBeLessThan(1e-7);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('projects to the nearest point of the simplex', () => {
    // By hand: subtracting 0.1 from the first two sums to 1, the third becomes 0.
    expect([...projectToSimplex(Float64Array.of(0.8, 0.4, -0.2))].map((value) => value.toFixed(12))).toEqual([
      '0.700000000000',
      '0.300000000000',
      '0.000000000000',
    ]);
  });
});

describe('the error of a corrected expectation', () => {
  // ⟨ZZZ⟩ of |000⟩ with 5% errors: (1 − 0.1)³ is read. With few shots the correction still wins, since the bias is 0.27.
  const errors = Array.from({ length: QUBITS }, () => ({ oneWhenZero: 0.05, zeroWhenOne: 0.05 }));
  const read = readProbabilities(Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0), errors);
  const draws = 400;
  const squares = (shots: number, signs: readonly (readonly [number, number])[]) =>
    Array.from({ length: draws }, (_, seed) => (meanProduct(sample(read, shots, seed), signs, 7) - 1) ** 2);
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it.each([10, 100])('has no bias and the variance that the overhead says, at %d shots', (shots) => {
    // The mean square of a shot is the overhead; its mean is 1. The mean of 400 squares has a relative standard error of √(2.3/400): the
    // excess kurtosis of ten shots is 0.26.
    const wanted = (correctionOverhead(errors) - 1) / shots;
    const measured = meanOf(squares(shots, errors.map(correctedSigns)));
    expect(Math.abs(measured / wanted - 1)).toBeLessThan(5 * Math.sqrt(2.3 / draws));
    const raw = meanOf(squares(shots, PLAIN));
    expect(raw).toBeGreaterThan((1 - 0.9 ** 3) ** 2);
    expect(measured < raw).toBe(
      (correctionOverhead(errors) - 1) / shots < (1 - 0.9 ** 3) ** 2 + (1 - 0.9 ** 6) / shots,
    );
  });
});

describe('measureReadout', () => {
  it('finds the errors of every qubit within its standard errors', () => {
    const errors = [
      { oneWhenZero: 0.01, zeroWhenOne: 0.04 },
      { oneWhenZero: 0.02, zeroWhenOne: 0.06 },
      { oneWhenZero: 0, zeroWhenOne: 0.1 },
    ];
    const [zeros, ones] = [0, 7].map((state) => {
      const exact = new Float64Array(8);
      exact[state] = 1;
      return sample(readProbabilities(exact, errors), 5000, state);
    });
    const measured = measureReadout(zeros, ones, 3);
    measured.forEach((one, j) => {
      for (const name of ['oneWhenZero', 'zeroWhenOne'] as const) {
        expect(one[name]).toBeGreaterThan(0);
        expect(Math.abs(one[name] - errors[j][name])).toBeLessThan(5 * one[`${name}Error`]);
      }
    });
    expect(readoutCalibrationCircuits(3)[1].gates).toHaveLength(3);
    expect(() => measureReadout(new Map(), ones, 3)).toThrow('a calibration circuit has no counts');
  });
});
