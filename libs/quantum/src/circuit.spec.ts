import { dataReuploadingLayer, entangleRing, hardwareEfficientLayer } from './ansatz/ansatz.ts';
import { createCircuitBuilder, validateCircuit } from './circuit.ts';
import { encodeAngles } from './encodings/encoding.ts';
import { CircuitError, CircuitTooLargeError } from './errors.ts';
import { input, parameter, product } from './gates/angle.ts';
import { pauli } from './observables/observable.ts';
import { expectation, runCircuit, zeroState } from './simulation/statevector.ts';

describe('createCircuitBuilder', () => {
  it('refuses malformed circuits and names the gate', () => {
    const builder = () => createCircuitBuilder({ qubits: 2, inputs: 1 });
    expect(() => builder().gate('cx', [0])).toThrow('gate 0 (cx): acts on 1 qubits; 2 are right');
    expect(() => builder().gate('cx', [1, 1])).toThrow('gate 0 (cx): qubits 1, 1 are not all different');
    expect(() => builder().gate('h', [0]).gate('x', [2])).toThrow('gate 1 (x): qubit 2 is not one of 0 … 1');
    expect(() => builder().gate('rx', [0])).toThrow('has 0 angles; 1 are right');
    expect(() => builder().gate('rx', [0], parameter(0))).toThrow("parameter 0 is not one of the circuit's 0");
    expect(() => builder().gate('rx', [0], input(1))).toThrow("input 1 is not one of the circuit's 1");
    expect(() => builder().gate('rx', [0], Number.NaN)).toThrow('not a finite number');
    expect(() => builder().gate('toffoli' as never, [0])).toThrow('gate 0 (toffoli): unknown; known are id, x');
    expect(() => builder().gate('rx', [0], product(0, 0))).toThrow(CircuitError);
  });

  it('refuses 0 and 21 qubits before it allocates', () => {
    expect(() => createCircuitBuilder({ qubits: 0 })).toThrow('0 qubits; an integer from 1 to 20');
    expect(() => createCircuitBuilder({ qubits: 21 })).toThrow(CircuitTooLargeError);
    expect(() => zeroState(40)).toThrow('40 qubits are above the maximum of 20');
    expect(() => validateCircuit({ qubits: 33, inputs: 0, parameters: [], gates: [] })).toThrow(CircuitTooLargeError);
  });
});

describe('encodings and ansätze', () => {
  it('encodes input j on qubit j by RY: ⟨Z⟩ = cos(scale·x)', () => {
    const builder = createCircuitBuilder({ qubits: 2, inputs: 2 });
    encodeAngles(builder, { scale: 2 });
    const state = runCircuit(builder.build(), [], [0.3, -0.8]);
    expect(expectation(state, pauli('Z', [0]))).toBeCloseTo(Math.cos(0.6), 14);
    expect(expectation(state, pauli('Z', [1]))).toBeCloseTo(Math.cos(1.6), 14);
  });

  it('cycles through the axes for inputs that share a qubit', () => {
    const builder = createCircuitBuilder({ qubits: 1, inputs: 3 });
    encodeAngles(builder);
    expect(builder.build().gates.map((gate) => gate.name)).toEqual(['ry', 'rz', 'rx']);
  });

  it('entangles one qubit with no gate, two with one gate, three with a ring', () => {
    const gatesOf = (qubits: number) => {
      const builder = createCircuitBuilder({ qubits });
      entangleRing(builder, 'cz');
      return builder.build().gates.map((gate) => gate.qubits);
    };
    expect([1, 2, 3].map(gatesOf)).toEqual([
      [],
      [[0, 1]],
      [
        [0, 1],
        [1, 2],
        [2, 0],
      ],
    ]);
  });

  it('numbers parameters in the order of the gates', () => {
    const builder = createCircuitBuilder({ qubits: 2, inputs: 1 });
    dataReuploadingLayer(builder);
    hardwareEfficientLayer(builder);
    const circuit = builder.build();
    const used = circuit.gates.flatMap((gate) => gate.angles.flatMap((a) => a.terms.map((term) => term.parameter)));
    expect(used).toEqual(circuit.parameters.map((_, i) => i));
    expect(circuit.parameters.filter((kind) => kind === 'weight')).toHaveLength(6);
  });
});
