import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { constant, input, parameter } from '@qloom/quantum/gates/angle.ts';
import type { LibraryGateName } from '@qloom/quantum/gates/gate-library.ts';
import { probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { createRandom } from '@qloom/random/random.ts';
import { exactProbabilities, readJob } from '@qloom/testing/ionq/read-job.ts';
import { type QisGate, qisCircuit } from './qis-circuit.ts';

/** Probabilities of a circuit as the emulator reads it. */
function emulated(circuit: readonly QisGate[], qubits: number): Readonly<Record<string, number>> {
  const input = { gateset: 'qis', qubits, circuits: [{ circuit }] };
  const job = readJob({ type: 'ionq.multi-circuit.v1', backend: 'qpu.emulated-1', shots: 1, input }, qubits);
  return exactProbabilities(job.circuits[0]);
}

function randomCircuit(seed: number, names: readonly LibraryGateName[]): Circuit {
  const random = createRandom(`qis ${seed}`);
  const builder = createCircuitBuilder({ qubits: 3, inputs: 1 });
  const theta = builder.parameter();
  for (let i = 0; i < 12; i++) {
    const name = names[random.integer(names.length)];
    const [a, b, c] = random.permutation(3);
    const angle = [constant(random.normal()), input(0, random.normal()), parameter(theta)][random.integer(3)];
    const two = ['cx', 'cz', 'swap', 'rxx', 'ryy', 'rzz', 'crx'].includes(name);
    const turned = name.startsWith('r') || name === 'crx' || name === 'p';
    const on = name === 'ccx' ? [a, b, c] : two ? [a, b] : [a];
    builder.gate(name, on, ...(turned ? [angle] : []));
  }
  return builder.build();
}

describe('a circuit in the gates of IonQ', () => {
  const DIRECT: readonly LibraryGateName[] = [
    ...(['x', 'y', 'z', 'h', 's', 'sdg', 't', 'tdg', 'sx', 'sxdg'] as const),
    ...(['rx', 'ry', 'rz', 'cx', 'cz', 'swap', 'rxx', 'ryy', 'rzz'] as const),
  ];
  it.each([
    ['gate by gate', DIRECT],
    ['translated', [...DIRECT, 'ccx', 'crx', 'p'] as const],
  ])('has the same outcomes, %s', (_, names) => {
    for (let seed = 0; seed < 20; seed++) {
      const circuit = randomCircuit(seed, names);
      const [parameters, inputs] = [Float64Array.of(0.7), Float64Array.of(-1.3)];
      const { gates, places } = qisCircuit(circuit);
      const found = emulated(gates({ parameters, inputs }), 3);
      probabilities(runCircuit(circuit, parameters, inputs)).forEach((p, state) => {
        const placed = places.reduce((sum, place, qubit) => sum + (((state >> qubit) & 1) << place), 0);
        expect(Math.abs((found[placed] ?? 0) - p)).toBeLessThan(1e-12);
      });
    }
  });

  it('keeps each gate that IonQ has, and counts them', () => {
    const builder = createCircuitBuilder({ qubits: 2, inputs: 1 });
    const circuit = builder.gate('ry', [0], input(0)).gate('cx', [1, 0]).gate('rzz', [0, 1], constant(0.5)).build();
    const qis = qisCircuit(circuit);
    expect([qis.oneQubitGates, qis.twoQubitGates]).toEqual([1, 2]);
    expect(qis.gates({ parameters: new Float64Array(0), inputs: Float64Array.of(0.25) })).toEqual([
      { gate: 'ry', target: 0, rotation: 0.25 },
      { gate: 'cnot', control: 1, target: 0 },
      { gate: 'zz', targets: [0, 1], rotation: 0.5 },
    ]);
  });

  it('refuses a circuit that starts from amplitudes', () => {
    const circuit = { ...createCircuitBuilder({ qubits: 1 }).build(), inputs: 2 };
    expect(() => qisCircuit({ ...circuit, preparation: { kind: 'amplitude', inputs: 2 } })).toThrow('amplitudes');
  });
});
