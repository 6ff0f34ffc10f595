import { createRandom } from '@qloom/random/random.ts';
import { createCircuitBuilder } from '../circuit.ts';
import type { TrainedQnn } from '../export/trained-qnn.ts';
import { GATES, type GateName } from '../gates/gates.ts';
import { pauli, transverseFieldIsing } from '../observables/observable.ts';
import { buildQnnCircuit, type QnnCircuitSettings } from '../qnn-circuit.ts';
import { randomProblem } from './random-problem.ts';

/** A QNN whose exported programs are stored in golden/exports, and the rows of features that they are run on. */
export interface ExportCase {
  readonly name: string;
  readonly qnn: TrainedQnn;
  readonly rows: readonly (readonly number[])[];
}

/** A classifier as trained by studies, amplitude preparation, a circuit with every gate, and products of inputs. */
export function exportCases(): ExportCase[] {
  const classifier = trained({ ansatz: 'data-reuploading', qubits: 3, layers: 2, inputs: 2 }, 1);
  const amplitudes = trained({ ansatz: 'basic-entangler', qubits: 3, layers: 1, inputs: 5, encoding: 'amplitude' }, 2);
  const products = trained(
    { ansatz: 'strongly-entangling', qubits: 3, layers: 1, inputs: 3, encoding: 'zz-feature-map' },
    3,
  );
  return [
    {
      name: 'classifier',
      qnn: {
        ...classifier,
        inputScaling: { mean: [0.5, -1.25], scale: [2, 0.4] },
        outputScale: 3,
        title: 'Data re-uploading, two layers',
      },
      rows: [
        [0.3, -1],
        [1.7, 0.2],
      ],
    },
    {
      name: 'amplitudes',
      qnn: amplitudes,
      rows: [
        [0.3, -1, 2, 0.5, 0.1],
        [1, 0, 0, 0, -1],
      ],
    },
    { name: 'products', qnn: products, rows: [[0.3, -1, 0.8]] },
    { name: 'every-gate', qnn: everyGate(), rows: [[0.3, -1, 0.8]] },
  ];
}

function trained(settings: QnnCircuitSettings, seed: number): TrainedQnn {
  const circuit = buildQnnCircuit(settings);
  const random = createRandom(seed);
  return {
    circuit,
    observables: [pauli('Z', [0]), pauli('XY', [1, 2], -0.5), transverseFieldIsing(3, 1, 0.7)],
    parameters: Float64Array.from(circuit.parameters, () => random.normal()),
  };
}

/** Every gate of the table once, between mixing gates, so that every gate has an effect. */
function everyGate(): TrainedQnn {
  const mixture = randomProblem(createRandom(4), 4, 25, { inputProducts: true });
  const builder = createCircuitBuilder({ qubits: 4, inputs: 3 });
  for (const kind of mixture.circuit.parameters) builder.parameter(kind);
  Object.keys(GATES).forEach((name, i) => {
    const { qubits, angles } = GATES[name as GateName];
    const on = [i, i + 1, i + 2].map((q) => q % 4).slice(0, qubits);
    builder.gate('ry', [i % 4], 0.3 + i / 7);
    builder.gate(name as GateName, on, ...[0.4, -1.1, 2.2].slice(0, angles));
  });
  builder.append(mixture.circuit.gates);
  return { circuit: builder.build(), observables: mixture.observables, parameters: mixture.parameters };
}
