import { quoted } from '@qloom/tensor/quoted.ts';
import { CircuitError } from '../errors.ts';
import type { Angle } from './angle.ts';
import type { Gate } from './gate.ts';
import { gate, inverseGate } from './gate-algebra.ts';

const NATIVE = { X: 'rx', Y: 'ry', Z: 'rz', XX: 'rxx', YY: 'ryy', ZZ: 'rzz' } as const;

/**
 * exp(−i·angle/2·P) for a string of X, Y, Z on `qubits`, as gates: one gate if the table has it, else a basis change of
 * each letter to Z, a ladder of CX to the last qubit, RZ, and the inverses. Exact. Throws CircuitError when letters and
 * qubits do not match.
 */
export function pauliRotationGates(letters: string, qubits: readonly number[], angle: Angle): Gate[] {
  if (!/^[XYZ]+$/.test(letters) || letters.length !== qubits.length) {
    throw new CircuitError(
      `pauli rotation: ${quoted(letters, "'")} on ${qubits.length} qubits; one of X, Y, Z for each is right`,
    );
  }
  if (letters in NATIVE) return [gate(NATIVE[letters as keyof typeof NATIVE], qubits, angle)];
  const turn = qubits.flatMap((qubit, i) => {
    if (letters[i] === 'X') return [gate('h', [qubit])];
    return letters[i] === 'Y' ? [gate('sx', [qubit])] : [];
  });
  const ladder = qubits.slice(1).map((qubit, i) => gate('cx', [qubits[i], qubit]));
  const before = [...turn, ...ladder];
  const back = before.toReversed().flatMap(inverseGate);
  return [...before, gate('rz', [qubits[qubits.length - 1]], angle), ...back];
}
