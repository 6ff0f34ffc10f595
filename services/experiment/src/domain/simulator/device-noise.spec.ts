import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { densityExpectation, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import fc from 'fast-check';
import type { Calibration } from '../backend/backend.ts';
import type { CalibrationValues } from './calibration.ts';
import { deviceNoise } from './device-noise.ts';
import { calibrationAt } from './drift.ts';

const DAY_MS = 86_400_000;
const values: CalibrationValues = {
  timeMs: 10 * DAY_MS,
  readoutErrors: [0.02, 0.03],
  gateErrors: [0.001, 0.002],
  couplingErrors: [0.01],
  coupling: [[0, 1]],
  t1: [1e-4, 2e-4],
  t2: [1.5e-4, 1e-4],
};
const drift = { periodMs: DAY_MS, spread: 0.2, seed: 3 };

describe('calibrationAt', () => {
  it('is that of the file at its time, and one value for each period', () => {
    const first = calibrationAt('a', values, drift, values.timeMs);
    const { coupling: _, ...lists } = values;
    expect(first).toEqual({ ...lists, id: 'a-0' });
    const later = calibrationAt('a', values, drift, values.timeMs + 7.2 * DAY_MS);
    expect(later).toEqual(calibrationAt('a', values, drift, values.timeMs + 7.9 * DAY_MS));
    expect([later.id, later.timeMs]).toEqual(['a-7', values.timeMs + 7 * DAY_MS]);
    expect(later.gateErrors).not.toEqual(first.gateErrors);
  });

  it('walks with the spread that it is given', () => {
    const logs = Array.from({ length: 400 }, (_, k) => {
      const { readoutErrors } = calibrationAt('a', values, drift, values.timeMs + (100 + 30 * k) * DAY_MS);
      return Math.log(readoutErrors[0] / values.readoutErrors[0]);
    });
    const variance = logs.reduce((sum, value) => sum + value ** 2, 0) / logs.length;
    // 30 steps apart the correlation is .9^30 = .04; five standard errors of a variance of 400 values are 35%.
    expect(Math.abs(Math.sqrt(variance) / drift.spread - 1)).toBeLessThan(0.2);
  });

  it('keeps T2 at most 2·T1 and errors at most a half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (step) => {
        const moved = calibrationAt('a', values, { ...drift, spread: 3 }, values.timeMs + step * DAY_MS);
        for (const [qubit, t2] of moved.t2.entries()) expect(t2).toBeLessThanOrEqual(2 * moved.t1[qubit]);
        for (const error of [...moved.readoutErrors, ...moved.gateErrors]) expect(error).toBeLessThanOrEqual(0.5);
      }),
      { numRuns: 50 },
    );
  });
});

describe('deviceNoise', () => {
  const still: Calibration = { ...values, id: 'a-0' };
  /** ⟨P⟩ of one qubit that was prepared by `gates` and then idles for one gate `id`, which has the noise. */
  const after = (model: NoiseModel, prepare: 'x' | 'h', observable: string): number => {
    const circuit = createCircuitBuilder({ qubits: 1 }).gate(prepare, [0]).gate('id', [0]).build();
    const rules = model.rules.map((rule) => ({ ...rule, gates: ['id'] as const }));
    return densityExpectation(runNoisyCircuit(circuit, { ...model, rules }, [], []), pauli(observable, [0]));
  };

  it.each(['exact', 'twirled'] as const)('decays populations by T1 and coherences by T2, %s', (relaxation) => {
    const seconds = 2e-5;
    const [t1, t2] = [values.t1[1], values.t2[1]];
    const noise = deviceNoise(
      {
        calibration: { ...still, gateErrors: [0, 0], t1: [t1], t2: [t2] },
        coupling: [],
        gateTimes: { oneQubit: seconds, twoQubit: 0 },
      },
      1,
      relaxation,
    );
    // Amplitude damping ends in |0⟩; its twirl ends in the mixed state.
    const z = relaxation === 'exact' ? 1 - 2 * Math.exp(-seconds / t1) : -Math.exp(-seconds / t1);
    expect(after(noise, 'x', 'Z')).toBeCloseTo(z, 12);
    expect(after(noise, 'h', 'X')).toBeCloseTo(Math.exp(-seconds / t2), 12);
  });

  it('has the average gate error of the calibration', () => {
    const error = 0.004;
    const noise = deviceNoise(
      {
        calibration: { ...still, gateErrors: [error], t1: [1], t2: [1] },
        coupling: [],
        gateTimes: { oneQubit: 0, twoQubit: 0 },
      },
      1,
      'exact',
    );
    // The average fidelity over the six poles of the Bloch sphere is that over all states (a 2-design): (1 + ⟨P⟩)/2 of each.
    const shrunk = (after(noise, 'h', 'X') - after(noise, 'x', 'Z')) / 2;
    expect((1 - shrunk) / 2).toBeCloseTo(error, 12);
  });
});
