import { ANSATZ_NAMES } from './ansatz/ansatz-table.ts';
import { validateCircuit } from './circuit.ts';
import { ENCODING_NAMES } from './encodings/encoding-table.ts';
import { COMPOSED_GATES } from './gates/gate-library.ts';
import { GATES } from './gates/gates.ts';
import { adjointGradient } from './simulation/adjoint.ts';
import { goldenCircuits } from './testing/golden.ts';

const golden = goldenCircuits();

describe('the reference simulator', () => {
  it.each(golden.map((one) => [one.name, one] as const))('agrees with PennyLane and Qiskit on %s', (_, one) => {
    validateCircuit(one.circuit);
    one.observables.forEach((_observable, k) => {
      const cotangents = one.observables.map((__, i) => (i === k ? 1 : 0));
      const gradient = adjointGradient(one.circuit, one.observables, cotangents, one.parameters, one.inputs);
      // All are float64, with up to a few hundred gates; the values have 14 decimals.
      expect(gradient.expectations[k]).toBeCloseTo(one.expectations[k], 12);
      one.parameterJacobian[k].forEach((value, i) => {
        expect(gradient.parameters[i]).toBeCloseTo(value, 11);
      });
      one.inputJacobian[k].forEach((value, i) => {
        expect(gradient.inputs[i]).toBeCloseTo(value, 11);
      });
      expect(gradient.parameters).toHaveLength(one.parameterJacobian[k].length);
      expect(gradient.inputs).toHaveLength(one.inputJacobian[k].length);
    });
  });

  it('covers every gate, encoding and ansatz, on 1 to 10 qubits', () => {
    const gates = new Set(golden.flatMap((one) => one.gateNames));
    expect([...Object.keys(GATES), ...Object.keys(COMPOSED_GATES)].filter((name) => !gates.has(name))).toEqual([]);
    const encodings = new Set(golden.map((one) => one.settings?.encoding ?? 'none'));
    expect(ENCODING_NAMES.filter((name) => !encodings.has(name))).toEqual([]);
    const ansatzes = new Set(golden.map((one) => one.settings?.ansatz));
    expect(ANSATZ_NAMES.filter((name) => !ansatzes.has(name))).toEqual([]);
    const sizes = new Set(golden.map((one) => one.circuit.qubits));
    expect([...sizes].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(golden.length).toBeGreaterThanOrEqual(60);
  });
});
