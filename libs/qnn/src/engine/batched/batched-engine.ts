import { type Circuit, validateCircuit } from '@qloom/quantum/circuit.ts';
import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { type Observable, validateObservable } from '@qloom/quantum/observable.ts';
import {
  type BatchGradient,
  type CircuitBatch,
  type CompiledCircuit,
  checkBatch,
  type Engine,
  type EngineLimits,
  givenCotangents,
  type RowCotangents,
} from '../engine.ts';
import { compileAmplitudes } from './amplitudes.ts';
import { compileAngles } from './angles.ts';
import type { Block } from './kernels.ts';
import { lower } from './lower.ts';
import { compileReadout } from './readout.ts';
import { compileSweep, sweepBytes } from './sweep.ts';

/** States kept for the backward sweep stay below this; deeper or wider circuits are un-computed instead. */
const KEEP_BYTES = 2 ** 24;

/** Settings of {@link createBatchedEngine}. */
export interface BatchedEngineOptions {
  /** Default: 20 qubits, 256 MiB. */
  readonly limits?: Partial<EngineLimits>;
  /** Keep every stage's state for the backward sweep; by default they are kept up to 16 MiB a block. */
  readonly keepStates?: boolean;
}

/**
 * `batched-js`: executions side by side in plain JavaScript. Per circuit structure, one-qubit gates are fused to a 2×2
 * unitary a qubit, CNOT rings to a permutation, and gradients of a fused rotation's angles come from three real numbers.
 * Batch innermost, float64, no allocation while it runs.
 */
export function createBatchedEngine(options: BatchedEngineOptions = {}): Engine {
  const limits = { maxQubits: 20, maxStateBytes: 2 ** 28, ...options.limits };
  return {
    name: 'batched-js',
    precision: 'float64',
    limits,
    async compile(circuit, observables) {
      return compileBatched(circuit, observables, limits, options.keepStates);
    },
    dispose() {},
  };
}

/** Lanes a block: as many as keep one state vector of the block within 16 KiB, from 1 to 32. */
export const lanesFor = (qubits: number): number => Math.min(32, Math.max(1, 2 ** (10 - qubits)));

function compileBatched(
  circuit: Circuit,
  observables: readonly Observable[],
  limits: EngineLimits,
  keep: boolean | undefined,
): CompiledCircuit {
  validateCircuit(circuit);
  observables.forEach((observable, k) => {
    validateObservable(observable, circuit.qubits, `observable ${k}`);
  });
  const lanes = lanesFor(circuit.qubits);
  const least = 4 * 2 ** circuit.qubits * lanes * 16;
  if (circuit.qubits > limits.maxQubits || least > limits.maxStateBytes) {
    throw new CircuitTooLargeError(
      `batched-js: ${circuit.qubits} qubits need ${least} bytes of state; at most ${limits.maxQubits} qubits and ` +
        `${limits.maxStateBytes} bytes are right`,
    );
  }
  const program = lower(circuit);
  const keepStates = keep ?? sweepBytes(program, lanes, true) <= Math.min(KEEP_BYTES, limits.maxStateBytes);
  const angles = compileAngles(program.slots, circuit.inputs, lanes);
  const sweep = compileSweep(program, angles, lanes, keepStates);
  const amplitudes = circuit.preparation ? compileAmplitudes(circuit.preparation, circuit.inputs, lanes) : null;
  const readout = compileReadout(observables, circuit.qubits, lanes);
  const observed = observables.length;
  const rowValues = new Float64Array(observed);
  const rowCotangents = new Float64Array(observed);
  let expectations = new Float64Array(0);
  let parameterGradients = new Float64Array(0);
  let inputGradients = new Float64Array(0);

  /** Calls `visit` for blocks of up to `lanes` rows of one parameter vector. */
  const forEachBlock = (batch: CircuitBatch, visit: (set: number, row: number, active: number) => void) => {
    if (expectations.length !== batch.sets * batch.rows * observed) {
      expectations = new Float64Array(batch.sets * batch.rows * observed);
    }
    for (let set = 0; set < batch.sets; set++) {
      for (let row = 0; row < batch.rows; row += lanes) visit(set, row, Math.min(lanes, batch.rows - row));
    }
  };
  const inputOffset = (batch: CircuitBatch, set: number, row: number) =>
    (batch.sharedInputs ? row : set * batch.rows + row) * circuit.inputs;
  const execute = (batch: CircuitBatch, set: number, row: number, active: number) => {
    const p = set * circuit.parameters.length;
    const x = inputOffset(batch, set, row);
    angles.forward(batch.parameters, p, batch.inputs, x, active);
    const load = amplitudes && ((block: Block) => amplitudes.load(block, batch.inputs, x, active));
    const phi = sweep.forward(active, load ?? undefined);
    readout.measure(phi, active);
    const at = (set * batch.rows + row) * observed;
    for (let j = 0; j < active; j++) {
      for (let k = 0; k < observed; k++) expectations[at + j * observed + k] = readout.values[k * lanes + j];
    }
    return phi;
  };
  const differentiate = (batch: CircuitBatch, cotangentsOf: RowCotangents, wantInputs: boolean): BatchGradient => {
    const parameterCount = batch.sets * circuit.parameters.length;
    if (parameterGradients.length !== parameterCount) parameterGradients = new Float64Array(parameterCount);
    else parameterGradients.fill(0);
    const inputCount = wantInputs ? batch.sets * batch.rows * circuit.inputs : 0;
    if (inputGradients.length !== inputCount) inputGradients = new Float64Array(inputCount);
    else inputGradients.fill(0);
    forEachBlock(batch, (set, row, active) => {
      const phi = execute(batch, set, row, active);
      for (let j = 0; j < active; j++) {
        for (let k = 0; k < observed; k++) rowValues[k] = readout.values[k * lanes + j];
        cotangentsOf(set, row + j, rowValues, rowCotangents);
        for (let k = 0; k < observed; k++) readout.cotangents[k * lanes + j] = rowCotangents[k];
      }
      readout.seed(phi, sweep.lambda, active);
      const x = inputOffset(batch, set, row);
      const g = (set * batch.rows + row) * circuit.inputs;
      const toAmplitudes = (lambda: Block) => amplitudes?.backward(lambda, batch.inputs, x, active, inputGradients, g);
      sweep.backward(active, amplitudes && wantInputs ? toAmplitudes : undefined);
      angles.backward(
        batch.parameters,
        set * circuit.parameters.length,
        batch.inputs,
        x,
        active,
        parameterGradients,
        wantInputs ? inputGradients : null,
        g,
      );
    });
    return { expectations, parameters: parameterGradients, inputs: inputGradients };
  };

  return {
    circuit,
    observables,
    async forward(batch) {
      checkBatch(batch, circuit);
      forEachBlock(batch, (set, row, active) => execute(batch, set, row, active));
      return expectations;
    },
    async probabilities(batch) {
      checkBatch(batch, circuit);
      const size = 2 ** circuit.qubits;
      const out = new Float64Array(batch.sets * batch.rows * size);
      forEachBlock(batch, (set, row, active) => {
        const { re, im } = execute(batch, set, row, active);
        for (let j = 0; j < active; j++) {
          const at = (set * batch.rows + row + j) * size;
          for (let k = 0; k < size; k++) out[at + k] = re[k * lanes + j] ** 2 + im[k * lanes + j] ** 2;
        }
      });
      return out;
    },
    async adjoint(batch, cotangents, want = {}) {
      checkBatch(batch, circuit, cotangents, observed);
      return differentiate(batch, givenCotangents(batch, cotangents, observed), want.inputs ?? false);
    },
    async differentiate(batch, cotangentsOf, want = {}) {
      checkBatch(batch, circuit);
      return differentiate(batch, cotangentsOf, want.inputs ?? false);
    },
  };
}
