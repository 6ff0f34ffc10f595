import type { CircuitBatch } from '@qloom/qnn/engine/engine.ts';
import type { RowCotangents } from '@qloom/qnn/engine/row-loss.ts';
import { lossCotangents } from '@qloom/qnn/engine/row-loss.ts';
import { entangleRing } from '@qloom/quantum/ansatz/ansatz.ts';
import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input, parameter } from '@qloom/quantum/gates/angle.ts';
import { type Observable, pauli } from '@qloom/quantum/observables/observable.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Cell } from './cells.ts';

/**
 * The circuit of the table. In each layer: RY(x_q) on every qubit, RY(θ) and RZ(θ) on every qubit, then CNOTs
 * q → (q + 1) mod n. With `reuploads` false the inputs come in the first layer alone. Parameters: [layers, qubits, 2].
 */
export function benchCircuit(qubits: number, layers: number, reuploads = true): Circuit {
  const builder = createCircuitBuilder({ qubits, inputs: qubits });
  for (let layer = 0; layer < layers; layer++) {
    if (reuploads || layer === 0) for (let q = 0; q < qubits; q++) builder.gate('ry', [q], input(q));
    for (let q = 0; q < qubits; q++) {
      builder.gate('ry', [q], parameter(builder.parameter()));
      builder.gate('rz', [q], parameter(builder.parameter()));
    }
    entangleRing(builder);
  }
  return builder.build();
}

/** ⟨Z⟩ of every qubit. */
export const benchObservables = (qubits: number): Observable[] =>
  Array.from({ length: qubits }, (_, q) => pauli('Z', [q]));

/** A circuit's size with its data. */
export interface Problem extends Cell {
  /** θ in [−π, π), shape [layers, qubits, 2]. */
  readonly parameters: Float64Array;
  /** x in [−π, π), shape [batch, qubits]. */
  readonly inputs: Float64Array;
  /** y in [−1, 1), shape [batch, qubits]. */
  readonly targets: Float64Array;
}

/** Draws the data of a cell; the same every time, and the first rows are those of a smaller batch. */
export function createProblem(cell: Cell): Problem {
  const { qubits, layers, batch } = cell;
  const random = createRandom('qnn bench').fork(`${qubits} ${layers}`);
  const uniform = (count: number, bound: number, label: string): Float64Array => {
    const stream = random.fork(label);
    return Float64Array.from({ length: count }, () => bound * (2 * stream.uniform() - 1));
  };
  return {
    ...cell,
    parameters: uniform(layers * qubits * 2, Math.PI, 'parameters'),
    inputs: uniform(batch * qubits, Math.PI, 'inputs'),
    targets: uniform(batch * qubits, 1, 'targets'),
  };
}

/** As an engine takes it. */
export const batchOf = ({ parameters, inputs, batch }: Problem): CircuitBatch => ({
  sets: 1,
  parameters,
  rows: batch,
  inputs,
});

/** The loss's derivative: mean over rows and qubits of (⟨Z_q⟩ − y)². */
export const squaredErrorCotangents = ({ targets, batch }: Problem): RowCotangents =>
  lossCotangents({ kind: 'squared-error', rows: batch, targets });
