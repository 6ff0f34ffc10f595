import type { AnsatzName } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { createRandom } from '@qloom/random/random.ts';

/** A circuit to be translated. */
export interface TranspileCase {
  readonly name: string;
  readonly circuit: Circuit;
}

const ANSATZES: readonly AnsatzName[] = [
  'data-reuploading',
  'strongly-entangling',
  'efficient-su2',
  'tfim-variational',
  'xxz-variational',
  'qcnn',
  'two-local',
];

/** The library's ansätze with symbols, and random circuits of numbers. */
export function transpileCases(): TranspileCase[] {
  const ansatzes = ANSATZES.flatMap((ansatz) =>
    [4, 8].map((qubits) => {
      const inputs = ansatz === 'data-reuploading' ? qubits : 0;
      const circuit = buildQnnCircuit({ ansatz, qubits, layers: ansatz === 'qcnn' ? 2 : 3, inputs });
      return { name: `${ansatz}, ${qubits} qubits`, circuit };
    }),
  );
  const random = [5, 8].flatMap((qubits) =>
    Array.from({ length: 6 }, (_, seed) => ({
      name: `random ${seed}, ${qubits} qubits`,
      circuit: randomCircuit(`bench ${seed} ${qubits}`, qubits),
    })),
  );
  return [...ansatzes, ...random];
}

/** Four two-qubit gates a qubit between random qubits, a random U before each. */
function randomCircuit(seed: string, qubits: number): Circuit {
  const random = createRandom(seed);
  const builder = createCircuitBuilder({ qubits });
  for (let i = 0; i < 4 * qubits; i++) {
    const [a, b] = random.permutation(qubits);
    builder.gate('u', [a], random.normal(), random.normal(), random.normal());
    const kind = random.integer(4);
    if (kind < 2) builder.gate(kind === 0 ? 'cx' : 'cz', [a, b]);
    else builder.gate(kind === 2 ? 'rzz' : 'crx', [a, b], random.normal());
  }
  return builder.build();
}
