import type { Gate } from '../gates/gate.ts';
import type { Matrix } from '../gates/matrix.ts';
import { applyGates, zeroState } from '../simulation/statevector.ts';

/** The matrix of gates with constant angles on `qubits` qubits, column by column. */
export function unitaryOf(gates: readonly Gate[], qubits: number): Matrix {
  const size = 2 ** qubits;
  const values = new Float64Array(2 * size * size);
  for (let column = 0; column < size; column++) {
    const state = zeroState(qubits);
    state.re[0] = 0;
    state.re[column] = 1;
    applyGates(state, gates, [], []);
    for (let row = 0; row < size; row++) {
      values[2 * (row * size + column)] = state.re[row];
      values[2 * (row * size + column) + 1] = state.im[row];
    }
  }
  return { size, values };
}

/** The largest difference between two matrices' entries. */
export const distance = (a: Matrix, b: Matrix): number =>
  a.values.reduce((most, value, i) => Math.max(most, Math.abs(value - b.values[i])), 0);
