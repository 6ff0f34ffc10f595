import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createQnnSettings } from './create-qnn-settings.ts';
import { measureScaling, scaleInputs } from './input-scaling.ts';
import { circuitFromQasm } from './qasm-circuit.ts';
import { optionTexts, type QnnFields, settingsFromFields } from './qnn-fields.ts';
import { createQnnModel, initialParameters } from './qnn-model.ts';
import { DEFAULT_QNN, type QnnSettings } from './qnn-settings.ts';

const HEAD = 'OPENQASM 3.0; include "stdgates.inc"; ';
const PROGRAM = `OPENQASM 3.0;
include "stdgates.inc";
input float[64] x1;
input float[64] alpha;
input float[64] x0;
input float[64] beta;
qubit[2] q;
ry(x1) q[0];
ry(2 * x0 + alpha) q[1];
cx q[0], q[1];
ry(beta) q[0];
`;

describe('createQnnModel', () => {
  it('has 3 angles and 3 weights per qubit and layer by default', () => {
    const { circuit, observables } = createQnnModel(DEFAULT_QNN, 4, 3);
    expect(circuit.parameters).toHaveLength(2 * 3 * 4 * 3);
    expect(circuit.gates.filter((gate) => gate.name === 'cx')).toHaveLength(12);
    expect(observables.map((o) => o.terms[0].paulis)).toEqual(['Z', 'IZ', 'IIZ']);
  });

  it.each([1, 4, 7, 12, 13, 30])('uploads each of %d features in every layer', (features) => {
    const settings = createQnnSettings({ layers: 2 });
    const { circuit } = createQnnModel(settings, features, 2);
    const used = circuit.gates.flatMap((gate) => gate.angles.flatMap((a) => a.terms.map((term) => term.input)));
    const half = used.slice(0, used.length / 2);
    expect(new Set(half.filter((index) => index !== null)).size).toBe(features);
  });

  it('reads more classes than qubits from pairs, and reports the maximum number', () => {
    const settings = createQnnSettings({ qubits: 2 });
    expect(createQnnModel(settings, 2, 3).observables[2].terms[0].paulis).toBe('ZZ');
    expect(() => createQnnModel(settings, 2, 4)).toThrow('2 qubits tell at most 3 classes, and the data has 4');
  });

  it('distinguishes two classes with one qubit, by Z and −Z, and reads the active qubits of a QCNN', () => {
    const one = createQnnModel(createQnnSettings({ qubits: 1 }), 2, 2);
    expect(one.observables.map((o) => o.terms[0])).toEqual([
      { coefficient: 1, paulis: 'Z' },
      { coefficient: -1, paulis: 'Z' },
    ]);
    const pooled = createQnnModel(createQnnSettings({ ansatz: 'qcnn', layers: 1 }), 4, 3);
    expect(pooled.observables.map((o) => o.terms[0].paulis)).toEqual(['Z', 'IIZ', 'ZIZ']);
  });

  it('reads the given observables, one for each class', () => {
    const given = createQnnSettings({ qubits: 2, observables: ['X0', '0.5*Z0 Z1 - 1'] });
    expect(createQnnModel(given, 2, 2).observables[1].terms).toHaveLength(2);
    expect(() => createQnnModel(given, 2, 3)).toThrow('qnn.observables: 2 of them, and the data has 3 classes');
  });

  it('accepts a circuit as OpenQASM: x0, x1, … are features by their numbers, other inputs are trained', () => {
    const settings = createQnnSettings({ qasm: PROGRAM });
    const { circuit, observables } = createQnnModel(settings, 2, 2);
    expect([circuit.qubits, circuit.inputs, circuit.parameters]).toEqual([2, 2, ['angle', 'angle']]);
    // x1 is declared first, and is used in the first gate.
    expect(circuit.gates[0].angles[0].terms).toMatchObject([{ input: 1, parameter: null }]);
    expect(observables.map((o) => o.terms[0].paulis)).toEqual(['Z', 'IZ']);
    expect(() => createQnnModel(settings, 3, 2)).toThrow('qnn.qasm: the circuit takes 2 features, and the data has 3');
  });

  it('reads the features of programs of writeOpenQasm and of Qiskit', () => {
    const built = createQnnModel(createQnnSettings({ qubits: 2, layers: 1, ansatz: 'real-amplitudes' }), 2, 2);
    const written = writeOpenQasm(built.circuit);
    expect(circuitFromQasm(written)).toEqual(built.circuit);
    const qiskit = written.replaceAll(/x_(\d)/g, '_x_$1_');
    expect(circuitFromQasm(qiskit)).toEqual(built.circuit);
  });

  it('treats parameters that only multiply features as weights, and features may multiply one another', () => {
    const { circuit } = createQnnModel(createQnnSettings(), 2, 2);
    expect(circuitFromQasm(writeOpenQasm(circuit)).parameters).toEqual(circuit.parameters);
    const squares = 'input float x0; input float a; input float b; qubit q; rx(x0*x0 + a*x0) q; ry(a + b*x0) q;';
    expect(circuitFromQasm(HEAD + squares)).toMatchObject({ inputs: 1, parameters: ['angle', 'weight'] });
  });

  it('names the setting that does not fit the data', () => {
    const iqp = createQnnSettings({ qubits: 2, ansatz: 'real-amplitudes', encoding: 'iqp' });
    expect(() => createQnnModel(iqp, 3, 2)).toThrow(
      "qnn.encoding: 'iqp' on 2 qubits takes at most 2 features, and the data has 3; right would be at least 3 qubits, or",
    );
  });

  it('initializes by seed', () => {
    const { circuit } = createQnnModel(DEFAULT_QNN, 4, 3);
    expect(initialParameters(circuit, createRandom(1))).toEqual(initialParameters(circuit, createRandom(1)));
    expect(initialParameters(circuit, createRandom(1))).not.toEqual(initialParameters(circuit, createRandom(2)));
  });
});

describe('createQnnSettings', () => {
  it('names the setting, its value and the allowed values', () => {
    expect(() => createQnnSettings({ qubits: 21 })).toThrow('qnn.qubits: 21 is not an integer from 1 to 20');
    expect(() => createQnnSettings({ learningRate: 0 })).toThrow('qnn.learningRate: 0 is not above 0 and at most 1');
    expect(() => createQnnSettings({ loss: 'hinge' as never })).toThrow(
      "qnn.loss: 'hinge' is none of 'cross-entropy', 'mse'",
    );
  });

  it.each<[Partial<QnnSettings>, string]>([
    [{ ansatz: 'qcnn', layers: 3 }, "qnn.layers: 3; the ansatz 'qcnn' on 4 qubits takes 1 to 2"],
    [{ ansatz: 'qcnn', qubits: 1, layers: 1 }, "qnn.qubits: 1; the ansatz 'qcnn' needs at least 2"],
    [{ ansatz: 'real-amplitudes', encoding: 'none' }, "qnn.encoding: 'none' leaves the features unused"],
    [
      { ansatz: 'real-amplitudes', ansatzOptions: { depth: 2 } },
      "qnn.ansatzOptions.depth: the ansatz 'real-amplitudes' has no such option; it has entanglement, finalRotations",
    ],
    [{ encodingOptions: { axis: 'x' } }, "qnn.encodingOptions.axis: the encoding 'none' has no such option"],
    [
      { encoding: 'angle', encodingOptions: { scale: 'big' } },
      'qnn.encodingOptions.scale: "big" is not a number from -1000 to 1000',
    ],
    [
      { qasm: PROGRAM, ansatz: 'qcnn' },
      'qnn.ansatz: cannot be combined with a circuit of its own; give one of the two',
    ],
    [{ qasm: 'OPENQASM 3.0;\nqubit q;\nopaque q;\n' }, 'qnn.qasm: program.qasm:3:1: '],
    [
      { qasm: PROGRAM.replaceAll('x1', 'x2') },
      'qnn.qasm: program.qasm: its features are x0, x2; right would be x0 to x1',
    ],
    [{ qasm: `${HEAD}qubit q; input float a; rx(a) q;` }, "qnn.qasm: it has no feature, such as 'input float x0;'"],
    [
      { qasm: `${HEAD}qubit q; input float x0; rx(x0) q;` },
      "qnn.qasm: it has no parameter, such as 'input float theta;'",
    ],
    [
      { ansatz: 'coupled-cluster', qubits: 2, ansatzOptions: { electrons: 5 } },
      'qnn.ansatzOptions.electrons: 5 in 2 spin',
    ],
    [
      { ansatz: 'coupled-cluster', qubits: 3, ansatzOptions: { electrons: 1 } },
      "qnn.ansatz: 'coupled-cluster' has no parameter on 3 qubits with these options",
    ],
    [
      { ansatz: 'two-local', ansatzOptions: { rotations: ['h'], entanglers: ['cz'] } },
      "qnn.ansatz: 'two-local' has no parameter on 4 qubits with these options",
    ],
    [{ qubits: 2, observables: ['Z0', 'Z2'] }, "qnn.observables[1]: observable 'Z2': qubit 2 is not one of"],
    [{ qasm: PROGRAM, observables: ['Z0', 'Q1'] }, "qnn.observables[1]: observable 'Q1': 'Q1' is not a term"],
    [{ shots: 0.5 }, 'qnn.shots: 0.5 is not an integer from 0 (exact) to 1000000'],
    [{ shots: 5, gradient: 'adjoint' }, "qnn.gradient: 'adjoint' needs exact expectations"],
    [{ noise: { readoutError: 1.5 } }, 'qnn.noise.readoutError: 1.5 is not a number from 0 to 1'],
    [{ noise: { trajectories: 5000 } }, 'qnn.noise.trajectories: 5000 is not an integer from 1 to 4096'],
    [{ qubits: 9, noise: { amplitudeDamping: 0.1 } }, 'qnn.noise: needs a density matrix, at most 8 qubits'],
    [{ precision: 'float16' as never }, "qnn.precision: 'float16' is none of 'float32', 'float64'"],
  ])('refuses %j', (given, message) => {
    expect(() => createQnnSettings(given)).toThrow(message);
  });

  it('is restored from the fields of a contract', () => {
    const given: Partial<QnnSettings> = {
      ansatz: 'two-local',
      ansatzOptions: { rotations: ['rx', 'ry'], finalRotations: false },
      encoding: 'angle',
      encodingOptions: { scale: 0.1, axis: 'z' },
      noise: { depolarizing: 0.1 },
      shots: 7,
    };
    const fields: QnnFields = {
      ...{ qubits: 0, layers: 0, ansatz: 'two-local', encoding: 'angle', qasm: '', observables: [], shots: 7 },
      ...{ precision: '', gradient: '', loss: '', steps: 0, batchSize: 0, learningRate: 0 },
      noise: { depolarizing: 0.1, amplitudeDamping: 0, readoutError: 0, trajectories: 0 },
      ansatzOptions: optionTexts(given.ansatzOptions),
      encodingOptions: optionTexts(given.encodingOptions),
    };
    expect(fields.ansatzOptions).toEqual({ rotations: 'rx,ry', finalRotations: 'false' });
    expect(settingsFromFields(fields)).toEqual(given);
  });
});

describe('scaleInputs', () => {
  it('standardizes by the training points, with angle 0 for a constant feature', () => {
    const y = new Int32Array(2);
    const points = { count: 2, features: 2, classes: 2, x: Float32Array.of(1, 5, 3, 5), y };
    const scaling = measureScaling(points);
    expect([...scaleInputs(points, scaling)]).toEqual([-1, 0, 1, 0]);
    expect([...scaleInputs({ ...points, x: Float32Array.of(4, 5, 0, 5) }, scaling)]).toEqual([2, 0, -2, 0]);
  });

  it('does not scale features for the encoding basis, which prepares |x⟩ from 0 and 1', () => {
    const points = { count: 2, features: 2, classes: 2, x: Float32Array.of(0, 1, 1, 1), y: new Int32Array(2) };
    expect([...scaleInputs(points, measureScaling(points, 'basis'))]).toEqual([0, 1, 1, 1]);
  });
});
