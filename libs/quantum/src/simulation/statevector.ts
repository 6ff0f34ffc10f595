import { type Circuit, checkQubits } from '../circuit.ts';
import { evaluateAngle } from '../gates/angle.ts';
import type { Gate } from '../gates/gate.ts';
import { GATES } from '../gates/gates.ts';
import type { Matrix } from '../gates/matrix.ts';
import { type Observable, type PauliMasks, pauliMasks, validateObservable } from '../observables/observable.ts';
import { amplitudeNorm } from './preparation.ts';

/** 2ⁿ complex amplitudes in float64. Qubit 0 is the least significant bit of an index. */
export interface Statevector {
  readonly qubits: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The state |0…0⟩. Throws CircuitTooLargeError before it allocates. */
export function zeroState(qubits: number): Statevector {
  checkQubits(qubits);
  const state = { qubits, re: new Float64Array(2 ** qubits), im: new Float64Array(2 ** qubits) };
  state.re[0] = 1;
  return state;
}

/** A copy. */
export const copyState = (state: Statevector): Statevector => ({
  qubits: state.qubits,
  re: state.re.slice(),
  im: state.im.slice(),
});

/**
 * Multiplies the state by the matrix `unitary`, which need not be unitary, in place. Bit j of its index is `qubits[j]`.
 */
export function applyMatrix(state: Statevector, unitary: Matrix, qubits: readonly number[]): void {
  const { size, values } = unitary;
  const offsets = Array.from({ length: size }, (_, k) =>
    qubits.reduce((offset, qubit, bit) => offset | (((k >> bit) & 1) << qubit), 0),
  );
  const mask = offsets[size - 1];
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let base = 0; base < state.re.length; base++) {
    if (base & mask) continue;
    for (let k = 0; k < size; k++) {
      re[k] = state.re[base | offsets[k]];
      im[k] = state.im[base | offsets[k]];
    }
    for (let row = 0; row < size; row++) {
      let sumRe = 0;
      let sumIm = 0;
      for (let k = 0; k < size; k++) {
        const at = 2 * (row * size + k);
        sumRe += values[at] * re[k] - values[at + 1] * im[k];
        sumIm += values[at] * im[k] + values[at + 1] * re[k];
      }
      state.re[base | offsets[row]] = sumRe;
      state.im[base | offsets[row]] = sumIm;
    }
  }
}

/** A gate's angles in radians at these parameters and inputs. */
export const gateAngles = (gate: Gate, parameters: ArrayLike<number>, inputs: ArrayLike<number>): number[] =>
  gate.angles.map((angle) => evaluateAngle(angle, parameters, inputs));

/** The state before the circuit's first gate. Throws CircuitError if amplitude inputs are all zero. */
export function initialState(circuit: Circuit, inputs: ArrayLike<number>): Statevector {
  const state = zeroState(circuit.qubits);
  if (!circuit.preparation) return state;
  const { inputs: count } = circuit.preparation;
  const norm = amplitudeNorm(inputs, count);
  for (let k = 0; k < count; k++) state.re[k] = inputs[k] / norm;
  return state;
}

/** The final state of the circuit. Throws CircuitError if amplitude inputs are all zero. */
export function runCircuit(
  circuit: Circuit,
  parameters: ArrayLike<number> = [],
  inputs: ArrayLike<number> = [],
): Statevector {
  const state = initialState(circuit, inputs);
  applyGates(state, circuit.gates, parameters, inputs);
  return state;
}

/** Applies gates to the state in place. */
export function applyGates(
  state: Statevector,
  gates: readonly Gate[],
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): void {
  for (const gate of gates) {
    applyMatrix(state, GATES[gate.name].matrix(gateAngles(gate, parameters, inputs)), gate.qubits);
  }
}

/** Adds `coefficient · P|state⟩` to `out`. */
export function addPauli(state: Statevector, masks: PauliMasks, coefficient: number, out: Statevector): void {
  for (let k = 0; k < state.re.length; k++) {
    // P|k⟩ = i^ys · (−1)^|k ∧ z| · |k ⊕ x⟩.
    const power = (masks.ys + 2 * parity(k & masks.z)) % 4;
    const re = state.re[k];
    const im = state.im[k];
    const to = k ^ masks.x;
    out.re[to] += coefficient * (power === 0 ? re : power === 1 ? -im : power === 2 ? -re : im);
    out.im[to] += coefficient * (power === 0 ? im : power === 1 ? re : power === 2 ? -im : -re);
  }
}

/** O|state⟩. */
export function applyObservable(state: Statevector, observable: Observable): Statevector {
  const out = { qubits: state.qubits, re: new Float64Array(state.re.length), im: new Float64Array(state.re.length) };
  for (const { paulis, coefficient } of observable.terms) addPauli(state, pauliMasks(paulis), coefficient, out);
  return out;
}

/** ⟨state|O|state⟩. Throws CircuitError when the observable does not fit the state. */
export function expectation(state: Statevector, observable: Observable): number {
  validateObservable(observable, state.qubits);
  return innerReal(state, applyObservable(state, observable));
}

/** Re⟨a|b⟩. */
export function innerReal(a: Statevector, b: Statevector): number {
  let total = 0;
  for (let k = 0; k < a.re.length; k++) total += a.re[k] * b.re[k] + a.im[k] * b.im[k];
  return total;
}

/** |amplitude|² of every basis state. */
export const probabilities = (state: Statevector): Float64Array =>
  state.re.map((re, k) => re * re + state.im[k] * state.im[k]);

/** 1 if `bits` has an odd number of ones, else 0. */
export function parity(bits: number): 0 | 1 {
  let folded = bits ^ (bits >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  folded ^= folded >>> 2;
  folded ^= folded >>> 1;
  return (folded & 1) as 0 | 1;
}
