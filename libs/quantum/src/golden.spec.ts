import { readFileSync } from 'node:fs';
import { adjointGradient } from './adjoint.ts';
import { stronglyEntanglingLayer } from './ansatz.ts';
import { type Circuit, createCircuitBuilder, validateCircuit } from './circuit.ts';
import { GATES } from './gates.ts';
import { type Observable, pauli } from './observable.ts';
import { expectation, runCircuit } from './statevector.ts';

/** Made by golden/pennylane_golden.py, which names its versions. */
interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly circuit: Circuit;
    readonly observables: readonly Observable[];
    readonly parameters: readonly number[];
    readonly inputs: readonly number[];
    readonly expectations: readonly number[];
    readonly parameterJacobian: readonly (readonly number[])[];
    readonly inputJacobian: readonly (readonly number[])[];
  }[];
  readonly stronglyEntangling: { readonly parameters: readonly number[]; readonly expectations: readonly number[] };
}

const golden: Golden = JSON.parse(readFileSync(new URL('../golden/pennylane.json', import.meta.url), 'utf8'));

describe('the reference simulator', () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))('agrees with PennyLane on %s', (_, one) => {
    validateCircuit(one.circuit);
    one.observables.forEach((_observable, k) => {
      const cotangents = one.observables.map((__, i) => (i === k ? 1 : 0));
      const gradient = adjointGradient(one.circuit, one.observables, cotangents, one.parameters, one.inputs);
      // Both are float64, with about 60 gates.
      expect(gradient.expectations[k]).toBeCloseTo(one.expectations[k], 12);
      one.parameterJacobian[k].forEach((value, i) => {
        expect(gradient.parameters[i]).toBeCloseTo(value, 11);
      });
      one.inputJacobian[k].forEach((value, i) => {
        expect(gradient.inputs[i]).toBeCloseTo(value, 11);
      });
    });
  });

  it('has met every gate there', () => {
    const met = new Set(golden.cases.flatMap((one) => one.circuit.gates.map((gate) => gate.name)));
    expect(Object.keys(GATES).filter((name) => !met.has(name as never))).toEqual([]);
  });
});

describe('stronglyEntanglingLayer', () => {
  it('is StronglyEntanglingLayers of PennyLane', () => {
    const builder = createCircuitBuilder({ qubits: 4 });
    for (let layer = 0; layer < 3; layer++) stronglyEntanglingLayer(builder, layer);
    const state = runCircuit(builder.build(), golden.stronglyEntangling.parameters);
    golden.stronglyEntangling.expectations.forEach((value, q) => {
      expect(expectation(state, pauli('Z', [q]))).toBeCloseTo(value, 12);
    });
  });
});
