import { createRandom } from '@qloom/random/random.ts';
import { ANSATZ_NAMES, ANSATZ_TABLE } from './ansatz/ansatz-table.ts';
import { validateCircuit } from './circuit.ts';
import { ENCODING_NAMES, ENCODINGS } from './encodings/encoding-table.ts';
import { transverseFieldIsing, xxzChain } from './observables/observable.ts';
import { buildQnnCircuit, countParameters, type QnnCircuitSettings } from './qnn-circuit.ts';
import { adjointGradient } from './simulation/adjoint.ts';
import { parameterShiftGradient } from './simulation/parameter-shift.ts';

const every = ANSATZ_NAMES.flatMap((ansatz) => ENCODING_NAMES.map((encoding) => [ansatz, encoding] as const));

describe('countParameters', () => {
  it.each(ANSATZ_NAMES)('returns the number of parameters of one layer of %s', (ansatz) => {
    for (const qubits of [2, 3, 6]) {
      const ansatzOptions = ansatz === 'coupled-cluster' ? { electrons: 1, singles: true } : undefined;
      const built = buildQnnCircuit({ ansatz, qubits, layers: 1, ansatzOptions });
      expect(countParameters({ ansatz, qubits, ansatzOptions })).toBe(built.parameters.length);
    }
  });

  it('throws the same errors as building the circuit', () => {
    const electrons = { ansatz: 'coupled-cluster', qubits: 2, ansatzOptions: { electrons: 5 } } as const;
    expect(() => countParameters(electrons)).toThrow('electrons: 5 in 2 spin orbitals; 1 to 1 are right');
    expect(() => countParameters({ ansatz: 'qcnn', qubits: 1 })).toThrow(
      "qubits: 1; the ansatz 'qcnn' needs at least 2",
    );
    const unknown = { ansatz: 'qcnn', qubits: 4, ansatzOptions: { depth: 1 } } as const;
    expect(() => countParameters(unknown)).toThrow('ansatz.qcnn.depth: unknown');
  });
});

describe('buildQnnCircuit', () => {
  it.each(every)(
    'builds %s with the encoding %s: valid, every parameter and input used, two gradients agree',
    (ansatz, encoding) => {
      const inputs = encoding === 'none' && ansatz !== 'data-reuploading' ? 0 : 3;
      const circuit = buildQnnCircuit({ ansatz, encoding, qubits: 4, layers: 2, inputs });
      validateCircuit(circuit);
      const terms = circuit.gates.flatMap((gate) => gate.angles.flatMap((angle) => angle.terms));
      expect(new Set(terms.map((term) => term.parameter).filter((p) => p !== null)).size).toBe(
        circuit.parameters.length,
      );
      if (inputs > 0 && !circuit.preparation) {
        expect(new Set(terms.map((term) => term.input).filter((i) => i !== null)).size).toBe(inputs);
      }
      const random = createRandom(`${ansatz} ${encoding}`);
      const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
      const [parameters, x] = [draw(circuit.parameters.length), draw(inputs)];
      const observables = [transverseFieldIsing(4, 1, 0.7), xxzChain(4, 0.4)];
      const adjoint = adjointGradient(circuit, observables, [0.8, -0.3], parameters, x);
      const shift = parameterShiftGradient(circuit, observables, [0.8, -0.3], parameters, x);
      // Both are float64; up to two hundred gates.
      adjoint.parameters.forEach((value, i) => {
        expect(value).toBeCloseTo(shift.parameters[i], 11);
      });
      adjoint.inputs.forEach((value, i) => {
        expect(value).toBeCloseTo(shift.inputs[i], 11);
      });
    },
  );

  it('encodes before every layer with reupload, once without', () => {
    const count = (reupload: boolean) =>
      buildQnnCircuit({
        ansatz: 'hardware-efficient',
        qubits: 2,
        layers: 3,
        inputs: 2,
        encoding: 'angle',
        encodingOptions: { reupload, axis: 'x' },
      }).gates.filter((gate) => gate.name === 'rx').length;
    expect([count(true), count(false)]).toEqual([6, 2]);
  });

  it('has Qiskit’s numbers of parameters: EfficientSU2 2n(reps + 1), RealAmplitudes n(reps + 1)', () => {
    const parametersOf = (settings: Partial<QnnCircuitSettings>) =>
      buildQnnCircuit({ ansatz: 'efficient-su2', qubits: 5, layers: 3, ...settings }).parameters.length;
    expect(parametersOf({})).toBe(40);
    expect(parametersOf({ ansatz: 'real-amplitudes' })).toBe(20);
    expect(parametersOf({ ansatzOptions: { finalRotations: false } })).toBe(30);
    expect(parametersOf({ ansatz: 'two-local', ansatzOptions: { rotations: ['rx', 'h'], entanglers: ['crz'] } })).toBe(
      50,
    );
  });

  it('names the wrong setting and the allowed values', () => {
    const refused = (settings: Partial<QnnCircuitSettings>, message: string) =>
      expect(() => buildQnnCircuit({ ansatz: 'hardware-efficient', qubits: 4, layers: 2, ...settings })).toThrow(
        message,
      );
    refused({ ansatz: 'qaoa' as never }, "ansatz: 'qaoa' is none of 'data-reuploading', 'hardware-efficient'");
    refused({ encoding: 'phase' as never, inputs: 1 }, "encoding: 'phase' is none of 'none', 'angle'");
    refused({ layers: 0 }, "layers: 0; the ansatz 'hardware-efficient' on 4 qubits takes an integer from 1 to 64");
    refused({ ansatz: 'qcnn', layers: 3 }, "layers: 3; the ansatz 'qcnn' on 4 qubits takes an integer from 1 to 2");
    refused({ ansatz: 'qcnn', qubits: 1 }, "qubits: 1; the ansatz 'qcnn' needs at least 2");
    refused({ encoding: 'iqp', inputs: 5 }, "inputs: 5; the encoding 'iqp' on 4 qubits takes at most 4");
    refused({ encoding: 'amplitude', inputs: 17 }, "the encoding 'amplitude' on 4 qubits takes at most 16");
    refused({ encoding: 'none', inputs: 2 }, "'none' leaves 2 inputs unused");
    refused({ encoding: 'angle' }, "inputs: 0; the encoding 'angle' needs at least 1");
    refused({ inputs: 1.5 }, 'inputs: 1.5 is not an integer');
    refused({ qubits: 21 }, '21 qubits are above the maximum of 20');
    refused({ inputs: 2, encodingOptions: { axis: 'w' } }, 'encoding.angle.axis: "w" is not one of x, y, z');
    refused({ ansatzOptions: { depth: 2 } }, 'ansatz.hardware-efficient.depth: unknown; known are entangler');
    refused({ ansatz: 'coupled-cluster', ansatzOptions: { electrons: 4 } }, 'electrons: 4 in 4 spin orbitals');
  });
});

describe('the tables', () => {
  it('describe every entry and option in one line', () => {
    for (const { description, options } of [...Object.values(ANSATZ_TABLE), ...Object.values(ENCODINGS)]) {
      expect(description).toMatch(/^[^\n]{10,110}\.$/);
      for (const option of Object.values(options)) expect(option.description).toMatch(/^[^\n]{10,90}\.$/);
    }
  });

  it('return the active qubits of a QCNN', () => {
    expect(ANSATZ_TABLE.qcnn.readout(8, 1)).toEqual([0, 2, 4, 6]);
    expect(ANSATZ_TABLE.qcnn.readout(8, 3)).toEqual([0]);
    expect(ANSATZ_TABLE.qcnn.readout(5, 3)).toEqual([0]);
  });
});
