import { validateCircuit } from '@qloom/quantum/circuit.ts';
import { validateObservable } from '@qloom/quantum/observables/observable.ts';
import { adjointGradient } from '@qloom/quantum/simulation/adjoint.ts';
import { expectation, probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import {
  type CircuitBatch,
  type CompiledCircuit,
  checkBatch,
  DEFAULT_LIMITS,
  type Engine,
  givenCotangents,
} from './engine.ts';

/**
 * The float64 reference simulator, one execution after another: slow and simple, the reference for tests of every other
 * engine.
 */
export function createReferenceEngine(): Engine {
  return {
    name: 'reference',
    precision: 'float64',
    limits: DEFAULT_LIMITS,
    async compile(circuit, observables): Promise<CompiledCircuit> {
      validateCircuit(circuit);
      for (const observable of observables) validateObservable(observable, circuit.qubits);
      const rowOf = (batch: CircuitBatch, set: number, row: number) => {
        const { length: p } = circuit.parameters;
        const at = (batch.sharedInputs ? row : set * batch.rows + row) * circuit.inputs;
        return {
          parameters: batch.parameters.subarray(set * p, (set + 1) * p),
          inputs: batch.inputs.subarray(at, at + circuit.inputs),
        };
      };
      const compiled: CompiledCircuit = {
        circuit,
        observables,
        async forward(batch) {
          checkBatch(batch, circuit);
          const out = new Float64Array(batch.sets * batch.rows * observables.length);
          for (let i = 0; i < batch.sets * batch.rows; i++) {
            const { parameters, inputs } = rowOf(batch, Math.floor(i / batch.rows), i % batch.rows);
            const state = runCircuit(circuit, parameters, inputs);
            observables.forEach((observable, k) => {
              out[i * observables.length + k] = expectation(state, observable);
            });
          }
          return out;
        },
        async probabilities(batch) {
          checkBatch(batch, circuit);
          const size = 2 ** circuit.qubits;
          const out = new Float64Array(batch.sets * batch.rows * size);
          for (let i = 0; i < batch.sets * batch.rows; i++) {
            const { parameters, inputs } = rowOf(batch, Math.floor(i / batch.rows), i % batch.rows);
            out.set(probabilities(runCircuit(circuit, parameters, inputs)), i * size);
          }
          return out;
        },
        async adjoint(batch, cotangents, want) {
          checkBatch(batch, circuit, cotangents, observables.length);
          return compiled.differentiate(batch, givenCotangents(batch, cotangents, observables.length), want);
        },
        async differentiate(batch, cotangentsOf, want = {}) {
          const expectations = await compiled.forward(batch);
          const { length: p } = circuit.parameters;
          const executions = batch.sets * batch.rows;
          const parameterGradients = new Float64Array(batch.sets * p);
          const inputGradients = new Float64Array(want.inputs ? executions * circuit.inputs : 0);
          const cotangents = new Float64Array(observables.length);
          for (let i = 0; i < executions; i++) {
            const set = Math.floor(i / batch.rows);
            const values = expectations.subarray(i * observables.length, (i + 1) * observables.length);
            cotangentsOf(set, i % batch.rows, values, cotangents);
            const { parameters, inputs } = rowOf(batch, set, i % batch.rows);
            const gradient = adjointGradient(circuit, observables, cotangents, parameters, inputs);
            for (let k = 0; k < p; k++) parameterGradients[set * p + k] += gradient.parameters[k];
            if (want.inputs) inputGradients.set(gradient.inputs, i * circuit.inputs);
          }
          return { expectations, parameters: parameterGradients, inputs: inputGradients };
        },
      };
      return compiled;
    },
    dispose() {},
  };
}
