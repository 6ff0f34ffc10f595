import { quoted } from '@qloom/tensor/quoted.ts';
import { CircuitError } from '../errors.ts';
import { GATES } from '../gates/gates.ts';
import { type Matrix, matrix } from '../gates/matrix.ts';

/**
 * A noise channel.
 * - `depolarizing`: with `probability`, one of X, Y, Z with equal probability (PennyLane's convention).
 * - `two-qubit-depolarizing`: with `probability`, one of the 15 Pauli pairs other than I⊗I with equal probability.
 * - `bit-flip`, `phase-flip`: X or Z with `probability`.
 * - `amplitude-damping`: |1⟩ decays to |0⟩ with probability `gamma`.
 * - `phase-damping`: coherences shrink by √(1 − gamma).
 */
export type Channel =
  | {
      readonly kind: 'depolarizing' | 'two-qubit-depolarizing' | 'bit-flip' | 'phase-flip';
      readonly probability: number;
    }
  | { readonly kind: 'amplitude-damping' | 'phase-damping'; readonly gamma: number };

/** A Pauli error and its probability; letter j acts on the channel's qubit j. */
export interface PauliError {
  readonly paulis: string;
  readonly probability: number;
}

/** Number of qubits that the channel acts on. */
export const channelQubits = (channel: Channel): 1 | 2 => (channel.kind === 'two-qubit-depolarizing' ? 2 : 1);

/** Throws CircuitError unless the channel is known and its probability lies in [0, 1]. */
export function validateChannel(channel: Channel, where: string): void {
  const kinds = [
    'depolarizing',
    'two-qubit-depolarizing',
    'bit-flip',
    'phase-flip',
    'amplitude-damping',
    'phase-damping',
  ];
  if (!kinds.includes(channel.kind)) {
    throw new CircuitError(`${where}: channel ${quoted(channel.kind, "'")} is none of ${kinds.join(', ')}`);
  }
  const [name, value] = 'gamma' in channel ? ['gamma', channel.gamma] : ['probability', channel.probability];
  if (!(value >= 0 && value <= 1)) throw new CircuitError(`${where}: ${name} ${value} is not a number from 0 to 1`);
}

/**
 * The channel as a mixture of Pauli errors, without the identity; null for amplitude damping, which is not such a
 * mixture. Phase damping is a phase flip with probability (1 − √(1 − gamma))/2.
 */
export function pauliErrors(channel: Channel): PauliError[] | null {
  switch (channel.kind) {
    case 'depolarizing':
      return [...'XYZ'].map((paulis) => ({ paulis, probability: channel.probability / 3 }));
    case 'two-qubit-depolarizing':
      return [...'IXYZ']
        .flatMap((a) => [...'IXYZ'].map((b) => a + b))
        .filter((paulis) => paulis !== 'II')
        .map((paulis) => ({ paulis, probability: channel.probability / 15 }));
    case 'bit-flip':
      return [{ paulis: 'X', probability: channel.probability }];
    case 'phase-flip':
      return [{ paulis: 'Z', probability: channel.probability }];
    case 'phase-damping':
      return [{ paulis: 'Z', probability: (1 - Math.sqrt(1 - channel.gamma)) / 2 }];
    case 'amplitude-damping':
      return null;
  }
}

/** Kraus operators K_i: ρ ↦ Σ K_i ρ K_i†. */
export function krausOperators(channel: Channel): Matrix[] {
  if (channel.kind === 'amplitude-damping') {
    const [keep, decay] = [Math.sqrt(1 - channel.gamma), Math.sqrt(channel.gamma)];
    return [matrix(2, [1, 0, 0, 0, 0, 0, keep, 0]), matrix(2, [0, 0, decay, 0, 0, 0, 0, 0])];
  }
  if (channel.kind === 'phase-damping') {
    const [keep, lose] = [Math.sqrt(1 - channel.gamma), Math.sqrt(channel.gamma)];
    return [matrix(2, [1, 0, 0, 0, 0, 0, keep, 0]), matrix(2, [0, 0, 0, 0, 0, 0, lose, 0])];
  }
  const errors = pauliErrors(channel) ?? [];
  const none = 1 - errors.reduce((total, { probability }) => total + probability, 0);
  const identity = { paulis: 'I'.repeat(channelQubits(channel)), probability: Math.max(0, none) };
  return [identity, ...errors].map(({ paulis, probability }) => scaledPauli(paulis, Math.sqrt(probability)));
}

/** The superoperator Σ K ⊗ K* on vectorized density matrices: row bits are the low half of an index, column bits the high. */
export function superoperator(kraus: readonly Matrix[]): Matrix {
  const d = kraus[0].size;
  const size = d * d;
  const values = new Float64Array(2 * size * size);
  for (const { values: k } of kraus) {
    for (let to = 0; to < size; to++) {
      for (let from = 0; from < size; from++) {
        const row = 2 * ((to % d) * d + (from % d));
        const column = 2 * (Math.floor(to / d) * d + Math.floor(from / d));
        const at = 2 * (to * size + from);
        values[at] += k[row] * k[column] + k[row + 1] * k[column + 1];
        values[at + 1] += k[row + 1] * k[column] - k[row] * k[column + 1];
      }
    }
  }
  return { size, values };
}

/** factor·P; letter j acts on bit j. */
function scaledPauli(paulis: string, factor: number): Matrix {
  let product: Matrix = matrix(1, [factor, 0]);
  for (const letter of paulis) product = kronecker(GATES[letter === 'I' ? 'id' : LETTERS[letter]].matrix([]), product);
  return product;
}

const LETTERS: Readonly<Record<string, 'x' | 'y' | 'z'>> = { X: 'x', Y: 'y', Z: 'z' };

/** a ⊗ b, with b on the low bits. */
function kronecker(a: Matrix, b: Matrix): Matrix {
  const size = a.size * b.size;
  const values = new Float64Array(2 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const i = 2 * (Math.floor(row / b.size) * a.size + Math.floor(column / b.size));
      const j = 2 * ((row % b.size) * b.size + (column % b.size));
      const at = 2 * (row * size + column);
      values[at] = a.values[i] * b.values[j] - a.values[i + 1] * b.values[j + 1];
      values[at + 1] = a.values[i] * b.values[j + 1] + a.values[i + 1] * b.values[j];
    }
  }
  return { size, values };
}
