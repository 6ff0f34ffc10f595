import { type Entanglement, entanglingPairs } from '../ansatz/entanglement.ts';
import type { CircuitBuilder } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { type Angle, constant, input, inputProduct, sum } from '../gates/angle.ts';

/** Settings of {@link encodeIqp}. */
export interface IqpOptions {
  /** Number of repetitions of the block. */
  readonly repeats: number;
  /** Which pairs of inputs are multiplied. PennyLane's default is all of them, `full`. */
  readonly entanglement: Entanglement;
}

/**
 * PennyLane's IQPEmbedding (Havlíček et al., arXiv:1804.11326): each repetition is H on every qubit, RZ(x_j) on qubit
 * j, and exp(−i·x_i·x_j/2·Z⊗Z) on the pairs. At most one input per qubit; qubits without an input have only the H.
 */
export function encodeIqp(builder: CircuitBuilder, options: IqpOptions): void {
  checkFits(builder, 'iqp');
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    for (let qubit = 0; qubit < builder.qubits; qubit++) builder.gate('h', [qubit]);
    for (let j = 0; j < builder.inputs; j++) builder.gate('rz', [j], input(j));
    for (const [i, j] of entanglingPairs(options.entanglement, builder.inputs, repeat)) {
      builder.gate('rzz', [i, j], inputProduct(i, j));
    }
  }
}

/** Settings of {@link encodeZzFeatureMap}. */
export interface ZzFeatureMapOptions extends IqpOptions {
  /** Qiskit's α, the factor of every phase. Default there: 2. */
  readonly alpha: number;
}

/**
 * Qiskit's ZZFeatureMap (Havlíček et al., arXiv:1804.11326): each repetition is H on every qubit, P(α·x_j) on qubit j,
 * and CX·P(α·(π − x_i)(π − x_j))·CX on the pairs, which is exp(−i·φ/2·Z⊗Z) up to a global phase. At most one input per
 * qubit.
 */
export function encodeZzFeatureMap(builder: CircuitBuilder, options: ZzFeatureMapOptions): void {
  checkFits(builder, 'zz-feature-map');
  const { repeats, entanglement, alpha } = options;
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let qubit = 0; qubit < builder.qubits; qubit++) builder.gate('h', [qubit]);
    for (let j = 0; j < builder.inputs; j++) builder.gate('p', [j], input(j, alpha));
    for (const [i, j] of entanglingPairs(entanglement, builder.inputs, repeat)) {
      builder.gate('rzz', [i, j], complementProduct(i, j, alpha));
    }
  }
}

/** α·(π − x_i)·(π − x_j). */
function complementProduct(i: number, j: number, alpha: number): Angle {
  return sum(
    constant(alpha * Math.PI ** 2),
    input(i, -alpha * Math.PI),
    input(j, -alpha * Math.PI),
    inputProduct(i, j, alpha),
  );
}

/**
 * Basis encoding: RX(π·x_j) on qubit j, so that inputs of 0 and 1 prepare the basis state |x⟩ up to a phase. Other
 * values prepare superpositions; round the inputs first if bits are required. At most one input per qubit.
 */
export function encodeBasis(builder: CircuitBuilder): void {
  checkFits(builder, 'basis');
  for (let j = 0; j < builder.inputs; j++) builder.gate('rx', [j], input(j, Math.PI));
}

function checkFits({ inputs, qubits }: CircuitBuilder, name: string): void {
  if (inputs > qubits) {
    throw new CircuitError(`encoding ${name}: ${inputs} inputs on ${qubits} qubits; at most one per qubit is right`);
  }
}
