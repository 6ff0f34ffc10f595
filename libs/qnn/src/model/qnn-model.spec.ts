import { createRandom } from '@qloom/random/random.ts';
import { measureScaling, scaleInputs } from './input-scaling.ts';
import { createQnnModel, initialParameters } from './qnn-model.ts';
import { createQnnSettings, DEFAULT_QNN } from './qnn-settings.ts';

describe('createQnnModel', () => {
  it('has 3 angles and 3 weights a qubit and layer by default', () => {
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

  it('reads more classes than qubits from pairs, and says how many fit', () => {
    const settings = createQnnSettings({ qubits: 2 });
    expect(createQnnModel(settings, 2, 3).observables[2].terms[0].paulis).toBe('ZZ');
    expect(() => createQnnModel(settings, 2, 4)).toThrow('2 qubits tell at most 3 classes, and the data has 4');
  });

  it('initializes by seed', () => {
    const { circuit } = createQnnModel(DEFAULT_QNN, 4, 3);
    expect(initialParameters(circuit, createRandom(1))).toEqual(initialParameters(circuit, createRandom(1)));
    expect(initialParameters(circuit, createRandom(1))).not.toEqual(initialParameters(circuit, createRandom(2)));
  });
});

describe('createQnnSettings', () => {
  it('names the setting, its value and what would be right', () => {
    expect(() => createQnnSettings({ qubits: 21 })).toThrow('qnn.qubits: 21 is not an integer from 1 to 20');
    expect(() => createQnnSettings({ learningRate: 0 })).toThrow('qnn.learningRate: 0 is not above 0 and at most 1');
    expect(() => createQnnSettings({ loss: 'hinge' as never })).toThrow(
      "qnn.loss: 'hinge' is none of 'cross-entropy', 'mse'",
    );
  });
});

describe('scaleInputs', () => {
  it('standardizes by the training points, and turns a constant feature into angle 0', () => {
    const y = new Int32Array(2);
    const points = { count: 2, features: 2, classes: 2, x: Float32Array.of(1, 5, 3, 5), y };
    const scaling = measureScaling(points);
    expect([...scaleInputs(points, scaling)]).toEqual([-1, 0, 1, 0]);
    expect([...scaleInputs({ ...points, x: Float32Array.of(4, 5, 0, 5) }, scaling)]).toEqual([2, 0, -2, 0]);
  });
});
