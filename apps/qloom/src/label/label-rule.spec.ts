import { varianceOfMean } from '@qloom/acquisition/shots/measured-mean.ts';
import { isDecided } from '@qloom/acquisition/shots/next-shots.ts';
import { type CampaignPoint, CampaignSettings, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { circuitFromQasm } from '@qloom/qnn/model/qasm-circuit.ts';
import { readProbabilities } from '@qloom/quantum/noise/readout-error.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import fc from 'fast-check';
import { createLabelRule } from './label-rule.ts';
import { fitLabelCircuit } from './read-label-circuit.ts';
import { readoutBias } from './readout-bias.ts';
import { staleLabels } from './stale-labels.ts';

const ruleOf = (...texts: string[]) => createLabelRule(texts.map((text) => parseObservable(text, 3)));
/** Counts of outcomes of three qubits. */
const anyCounts = fc
  .array(fc.nat(50), { minLength: 8, maxLength: 8 })
  .filter((counts) => counts.some((count) => count > 0))
  .map((counts) => new Map(counts.map((count, outcome) => [outcome, count] as const).filter(([, count]) => count > 0)));
const z = (outcome: number, qubit: number): number => ((outcome >> qubit) & 1 ? -1 : 1);

/** Mean and mean square of a value over shots, one shot at a time. */
function momentsOf(counts: ReadonlyMap<number, number>, value: (outcome: number) => number) {
  const values = [...counts].flatMap(([outcome, count]) => Array<number>(count).fill(value(outcome)));
  const mean = (of: (one: number) => number) => values.reduce((sum, one) => sum + of(one), 0) / values.length;
  return { shots: values.length, mean: mean((one) => one), meanSquare: mean((one) => one ** 2) };
}

describe('the class by counts', () => {
  it('is that of the sign, decided where |⟨Z⟩| ≥ 2/√shots', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (plus, minus) => {
        fc.pre(plus + minus > 0);
        const counts = new Map([
          [0, plus],
          [1, minus],
        ]);
        const { label, margin } = ruleOf('Z0').decide([counts]);
        const shots = plus + minus;
        const mean = (plus - minus) / shots;
        expect(label).toBe(mean >= 0 ? 0 : 1);
        expect(margin).toMatchObject({ shots, largest: 1 });
        expect(margin.mean).toBeCloseTo(Math.abs(mean), 12);
        // Away from the tie, where roundings of sums of 300 decide.
        if (Math.abs(Math.abs(mean) - 2 / Math.sqrt(shots)) > 1e-9) {
          expect(isDecided(margin)).toBe(Math.abs(mean) > 2 / Math.sqrt(shots));
        }
        const [p, q] = [(plus + 0.5) / (shots + 1), (minus + 0.5) / (shots + 1)];
        expect(varianceOfMean(margin) / ((4 * p * q) / (shots + 2))).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is that of the largest expectation, before the second by the mean of the difference over shots', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        const { label, next, margin } = ruleOf('Z0', 'Z1', '0.5*Z0 Z2').decide([counts]);
        const values = [
          (outcome: number) => z(outcome, 0),
          (outcome: number) => z(outcome, 1),
          (outcome: number) => 0.5 * z(outcome, 0) * z(outcome, 2),
        ];
        const means = values.map((value) => momentsOf(counts, value).mean);
        const sorted = means.toSorted((a, b) => b - a);
        expect(means[label]).toBeCloseTo(sorted[0], 12);
        expect(means[next]).toBeCloseTo(sorted[1], 12);
        const wanted = momentsOf(counts, (outcome) => values[label](outcome) - values[next](outcome));
        expect(margin.shots).toBe(wanted.shots);
        expect(margin.mean).toBeCloseTo(wanted.mean, 12);
        // A variance of up to 400 values of at most 2, from sums of squares.
        expect(margin.meanSquare).toBeCloseTo(wanted.meanSquare, 10);
        expect(margin.largest).toBe(label === 2 || next === 2 ? 1.5 : 2);
      }),
    );
  });

  it('adds what is measured in different bases, and the constant', () => {
    const rule = ruleOf('0.5*Z0 - 2*X0 + 1.5');
    expect(rule.groups.map(({ qubits }) => qubits)).toEqual([[0], [0]]);
    const { label, margin } = rule.decide([
      new Map([
        [0, 30],
        [1, 10],
      ]),
      new Map([[0, 40]]),
    ]);
    // 0.5·0.5 − 2 + 1.5 = −0.25: the second class.
    expect(label).toBe(1);
    expect(margin).toMatchObject({ shots: 40, largest: 4 });
    expect(margin.mean).toBeCloseTo(0.25, 12);
    // Variances of one shot: 0.25·(1 − 0.25) and 0.
    expect(margin.meanSquare).toBeCloseTo(0.25 ** 2 + 0.1875, 12);
  });
});

describe('readoutBias', () => {
  const bits = (outcome: number, qubits: number) =>
    Array.from({ length: qubits }, (_, qubit) => z(outcome, qubit)).reduce((product, one) => product * one, 1);

  it('bounds what errors of that mean make of an expectation of 0', () => {
    const asymmetry = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.25, noNaN: true }),
        fc.array(asymmetry, { minLength: 1, maxLength: 3 }),
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (error, asymmetries, weights) => {
          const qubits = asymmetries.length;
          const size = 2 ** qubits;
          // Outcomes of even and odd parity with the same probability: the product of all Z is 0.
          const total = (parity: number) =>
            weights.slice(0, size).reduce((sum, one, k) => sum + (bits(k, qubits) === parity ? one : 0), 0);
          const probabilities = Float64Array.from(
            { length: size },
            (_, k) => weights[k] / (2 * total(bits(k, qubits))),
          );
          const errors = asymmetries.map((a) => ({ oneWhenZero: error * (1 + a), zeroWhenOne: error * (1 - a) }));
          const read = readProbabilities(probabilities, errors);
          const mean = read.reduce((sum, one, k) => sum + one * bits(k, qubits), 0);
          const observable = parseObservable(asymmetries.map((_, qubit) => `Z${qubit}`).join(' '), qubits);
          expect(Math.abs(mean)).toBeLessThanOrEqual(readoutBias(observable, [error]) + 1e-12);
        },
      ),
    );
  });

  it('is reached by one qubit that is misread in one direction only', () => {
    const read = readProbabilities(Float64Array.of(0.5, 0.5), [{ oneWhenZero: 0, zeroWhenOne: 0.1 }]);
    expect(read[0] - read[1]).toBeCloseTo(readoutBias(parseObservable('Z0', 1), [0.05]), 12);
  });

  it('takes the median of the device, and nothing where it has no calibration', () => {
    expect(readoutBias(parseObservable('2*X0 - Z1 + 3', 2), [0.5, 0.01, 0.02])).toBeCloseTo(3 * 0.04, 12);
    expect(readoutBias(parseObservable('Z0', 1), [])).toBe(0);
  });
});

describe('stale labels', () => {
  const point = (margin: number | undefined, calibration: string, teller = 'backend:x'): CampaignPoint => ({
    ...{ asked: undefined, state: PointState.LABELLED, holder: teller, label: 'a', teller, answers: 1, askToken: '' },
    ...{ askTime: undefined, tellTime: undefined },
    provenance: { backend: 'x', job: '', shots: 1, calibration, margin, marginError: 0.05, measuredAt: undefined },
  });

  it('are those of another calibration within two errors and both shifts of the other class', () => {
    const points = [point(0.29, 'old'), point(0.31, 'old'), point(0.1, 'new'), point(0.1, ''), point(undefined, 'old')];
    const calibration = { id: 'new', readoutErrors: [0.05] };
    const find = (given: readonly CampaignPoint[]) =>
      staleLabels(given, 'backend:x', calibration, ruleOf('Z0'), ['a', 'b']);
    // 2·0.05 + 2·(2·0.05).
    expect(find(points)).toEqual([points[0]]);
    expect(find([point(0.1, 'old', 'ann')])).toEqual([]);
  });
});

describe('a circuit for a campaign', () => {
  const circuit = circuitFromQasm('OPENQASM 3.0; include "stdgates.inc"; input float x0; qubit[2] q; ry(x0) q[0];');
  const backend = Backend.fromPartial({ name: 'lab', qubits: 2, limits: { minShots: 10, maxShots: 1000 } });
  interface Given {
    readonly classes?: string[];
    readonly features?: string[];
    readonly first?: number;
    readonly most?: number;
    readonly qubits?: number;
  }
  const fit = (observables: string[], given: Given = {}) => {
    const { classes = ['a', 'b'], features = ['field'], first = 100, most = 1000, qubits = 2 } = given;
    const settings = CampaignSettings.fromPartial({ classNames: classes });
    return fitLabelCircuit(
      circuit,
      observables,
      { first, most },
      { featureNames: features, settings },
      { ...backend, qubits },
    );
  };

  it.each([
    [['Z0'], { features: ['x', 'y'] }, '--circuit: has 1 features (x0, x1, …), and the points have 2: x, y'],
    [['Z0'], { classes: ['a', 'b', 'c'] }, '--observable: 1 for the classes a, b, c; right would be 3'],
    [['Z0', 'Z1', 'Z0'], {}, '--observable: 3 for the classes a, b; right would be 1 or 2'],
    [['Z0', 'Z1', 'Z0'], { classes: ['a', 'b', 'c'] }, '--observable: those of a and c are the same'],
    [['2'], {}, '--observable: measures nothing'],
    [['Z7'], {}, 'qubit 7 is not one of 0 … 1'],
    [['Z0'], { qubits: 1 }, '--backend: lab has 1 qubits, and the circuit 2'],
    [['Z0'], { first: 5 }, '--shots: 5, and lab takes 10 or more'],
    [['Z0'], { most: 1001 }, '--most-shots: 1001, and lab takes at most 1000'],
  ])('%j with %j is refused', (observables, given, message) => {
    expect(() => fit(observables, given)).toThrow(message);
  });

  it('has one observable for two classes, or one for each', () => {
    expect(fit(['Z0']).rule.decide([new Map([[1, 5]])]).label).toBe(1);
    expect(fit(['Z0', 'Z1']).rule.decide([new Map([[1, 5]])]).label).toBe(1);
  });
});
