import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { densityProbabilities, runNoisyCircuit } from '../noise/density-matrix.ts';
import type { NoiseModel } from '../noise/noise-model.ts';
import { readProbabilities } from '../noise/readout-error.ts';
import { probabilities, runCircuit } from '../simulation/statevector.ts';
import { estimateReadoutErrors, mitigatedParity, mitigatedProbabilities } from './readout-mitigation.ts';
import { extrapolateToZero, foldCircuit } from './zero-noise.ts';

const EMPTY = new Float64Array(0);
const ERRORS = [
  { oneWhenZero: 0.02, zeroWhenOne: 0.06 },
  { oneWhenZero: 0.01, zeroWhenOne: 0.03 },
  { oneWhenZero: 0.03, zeroWhenOne: 0.04 },
];
const NOISE: NoiseModel = {
  rules: [
    { channel: { kind: 'depolarizing', probability: 0.001 }, gateQubits: 1 },
    { channel: { kind: 'two-qubit-depolarizing', probability: 0.02 } },
  ],
  readout: ERRORS,
};
const parityOf = (distribution: Float64Array, bits: readonly number[]): number =>
  distribution.reduce((sum, p, k) => sum + p * bits.reduce((sign, bit) => ((k >> bit) & 1 ? -sign : sign), 1), 0);
/** Frequencies as counts whose share is exact up to rounding: no shot noise. */
const asCounts = (distribution: Float64Array) => new Map([...distribution].map((p, k) => [k, p]));

function randomCircuit(seed: number, layers = 2): Circuit {
  const random = createRandom(seed);
  const builder = createCircuitBuilder({ qubits: 3 });
  for (let layer = 0; layer < layers; layer++) {
    for (let qubit = 0; qubit < 3; qubit++)
      builder.gate('ry', [qubit], 0.8 * random.normal()).gate('rz', [qubit], random.normal());
    builder.gate('cx', [0, 1]).gate('cx', [1, 2]);
  }
  return builder.build();
}

const distributionArb = fc
  .array(fc.double({ min: 1e-3, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })
  .map((weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Float64Array.from(weights, (weight) => weight / total);
  });
const errorArb = fc.record({
  oneWhenZero: fc.double({ min: 0, max: 0.4, noNaN: true }),
  zeroWhenOne: fc.double({ min: 0, max: 0.4, noNaN: true }),
});

describe('readout mitigation', () => {
  it('inverts readout errors exactly, for distributions and parities', () => {
    fc.assert(
      fc.property(
        distributionArb,
        fc.tuple(errorArb, errorArb, errorArb),
        fc.subarray([0, 1, 2]),
        (truth, errors, bits) => {
          const read = asCounts(readProbabilities(truth, errors));
          const found = mitigatedProbabilities(read, errors);
          // Each inverse multiplies rounding by at most 1/a ≤ 5.
          for (const [k, p] of truth.entries()) expect(Math.abs(found[k] - p)).toBeLessThan(125 * 64 * Number.EPSILON);
          // Two frequencies that are no shots: the standard error is not looked at.
          expect(Math.abs(mitigatedParity(read, bits, errors).value - parityOf(truth, bits))).toBeLessThan(
            125 * 64 * Number.EPSILON,
          );
        },
      ),
    );
  });

  it('has the standard error of the mean over shots', () => {
    // 60 shots of +f and 40 of −f with f = 1/0.9 where both errors are 0.05.
    const { value, standardError } = mitigatedParity(
      new Map([
        [0, 60],
        [1, 40],
      ]),
      [0],
      [{ oneWhenZero: 0.05, zeroWhenOne: 0.05 }],
    );
    expect(value).toBeCloseTo(0.2 / 0.9, 12);
    expect(standardError).toBeCloseTo(Math.sqrt((100 / 99) * (1 - 0.04)) / 0.9 / 10, 12);
  });

  it('learns errors from circuits that prepare zeros and ones', () => {
    const zeros = new Map([
      [0b00, 90],
      [0b01, 8],
      [0b11, 2],
    ]);
    const ones = new Map([
      [0b11, 95],
      [0b10, 5],
    ]);
    expect(estimateReadoutErrors(zeros, ones, 2)).toEqual([
      { oneWhenZero: 0.1, zeroWhenOne: 0.05 },
      { oneWhenZero: 0.02, zeroWhenOne: 0 },
    ]);
  });

  it('refuses readout that is no better than chance, missing errors, and no shots', () => {
    const counts = new Map([[0, 1]]);
    expect(() => mitigatedParity(counts, [0], [{ oneWhenZero: 0.5, zeroWhenOne: 0.5 }])).toThrow(
      'a sum below 1 is right',
    );
    expect(() => mitigatedParity(counts, [1], [ERRORS[0]])).toThrow('no error of bit 1');
    expect(() => mitigatedParity(new Map(), [0], ERRORS)).toThrow('no shots');
    expect(() => mitigatedProbabilities(new Map([[2, 1]]), [ERRORS[0]])).toThrow('outcome 2 of 1 bits');
  });
});

describe('zero-noise extrapolation', () => {
  it('folds to the same state with about as many times more gates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.double({ min: 1, max: 6, noNaN: true }), (seed, wanted) => {
        const circuit = randomCircuit(seed);
        const folded = foldCircuit(circuit, wanted);
        expect(Math.abs(folded.scale - wanted)).toBeLessThanOrEqual(1 / circuit.gates.length + 1e-12);
        const [one, other] = [circuit, folded.circuit].map((given) => probabilities(runCircuit(given, EMPTY, EMPTY)));
        for (const [k, p] of one.entries()) expect(Math.abs(p - other[k])).toBeLessThan(1e-12);
      }),
      { numRuns: 30 },
    );
  });

  it('is exact for polynomials of its degree, with the standard error of the weighted sum', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
        ([c, b, a]) => {
          const points = [1, 1.5, 2, 3].map((scale, i) => ({
            scale,
            value: c + b * scale + a * scale * scale,
            standardError: 0.1 + 0.05 * i,
          }));
          expect(Math.abs(extrapolateToZero(points, 2).value - c)).toBeLessThan(1e-9);
        },
      ),
    );
    // Richardson through scales 1 and 3: (3·y₁ − y₃)/2.
    const { value, standardError } = extrapolateToZero([
      { scale: 1, value: 0.8, standardError: 0.01 },
      { scale: 3, value: 0.5, standardError: 0.02 },
    ]);
    expect(value).toBeCloseTo(0.95, 12);
    expect(standardError).toBeCloseTo(Math.sqrt(0.015 ** 2 + 0.01 ** 2), 12);
  });

  it('refuses scales below 1, circuits without gates, and too few scales', () => {
    expect(() => foldCircuit(randomCircuit(1), 0.5)).toThrow('scale 0.5; 1 to 99 is right');
    expect(() => foldCircuit({ qubits: 1, inputs: 0, parameters: [], gates: [] }, 3)).toThrow('no gates');
    expect(() => extrapolateToZero([{ scale: 1, value: 1, standardError: 1 }], 1)).toThrow('degree 1 through 1 scales');
  });
});

describe('mitigation on the noisy simulator', () => {
  it('brings expectations nearer to the exact ones: readout first, then gates', () => {
    const shots = 20_000;
    const measure = (circuit: Circuit, seed: number) => {
      const distribution = densityProbabilities(runNoisyCircuit(circuit, NOISE, EMPTY, EMPTY), NOISE);
      const random = createRandom(seed);
      const counts = new Map<number, number>();
      for (let shot = 0; shot < shots; shot++) {
        let left = random.uniform();
        let outcome = 0;
        while (outcome < 7 && left >= distribution[outcome]) left -= distribution[outcome++];
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
      return counts;
    };
    const bits = [0, 1];
    const none = ERRORS.map(() => ({ oneWhenZero: 0, zeroWhenOne: 0 }));
    const gains = Array.from({ length: 24 }, (_, i) => {
      const circuit = randomCircuit(1000 + i);
      const exact = parityOf(probabilities(runCircuit(circuit, EMPTY, EMPTY)), bits);
      const points = [1, 2, 3].map((wanted) => {
        const folded = foldCircuit(circuit, wanted);
        const counts = measure(folded.circuit, 10 * i + wanted);
        return { scale: folded.scale, counts, ...mitigatedParity(counts, bits, ERRORS) };
      });
      const raw = Math.abs(mitigatedParity(points[0].counts, bits, none).value - exact);
      const read = Math.abs(points[0].value - exact);
      const zero = Math.abs(extrapolateToZero(points).value - exact);
      return { raw, read, zero };
    });
    const interval = (values: readonly number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      // Student's t for 23 degrees of freedom, two-sided 99%.
      const half = 2.807 * Math.sqrt(variance / values.length);
      return [mean - half, mean, mean + half];
    };
    expect(interval(gains.map(({ raw, read }) => raw - read))[0]).toBeGreaterThan(0);
    expect(interval(gains.map(({ read, zero }) => read - zero))[0]).toBeGreaterThan(0);
  });
});
