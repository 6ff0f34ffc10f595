import fc from 'fast-check';
import { measurementProblems } from '../measurement/measurement.ts';
import { arbitraryQnn, arbitraryShape } from '../testing/arbitrary-qnn.ts';
import { qnnDataProblems } from './data-fit.ts';
import { createQnnModel, type DataShape } from './qnn-model.ts';
import { DEFAULT_QNN, type QnnSettings } from './qnn-settings.ts';

const HEAD = 'OPENQASM 3.0; include "stdgates.inc"; ';
const TWO_INPUTS = `${HEAD}input float x0; input float x1; input float a; qubit[2] q; ry(x0 + a) q[0]; ry(x1) q[1];`;
const TEN = Array.from({ length: 10 }, (_, c) => `Z${c % 2}`);

/** Whether the model of unchecked settings can be built, has parameters to train, and can be measured. */
function builds(given: Partial<QnnSettings>, { features, classes }: DataShape): boolean {
  const settings = { ...DEFAULT_QNN, ...given };
  try {
    const { circuit, observables } = createQnnModel(settings, features, classes);
    const finite = observables.every(({ terms }) => terms.every(({ coefficient }) => Number.isFinite(coefficient)));
    return finite && circuit.parameters.length > 0 && measurementProblems(settings, circuit.qubits).length === 0;
  } catch {
    return false;
  }
}

describe('qnnDataProblems', () => {
  it('is empty if and only if the model can be built', () => {
    const seen = { fit: 0, not: 0 };
    fc.assert(
      fc.property(arbitraryQnn, arbitraryShape, (given, shape) => {
        const problems = qnnDataProblems(given, shape);
        seen[problems.length === 0 ? 'fit' : 'not']++;
        expect([problems, problems.length === 0]).toEqual([problems, builds(given, shape)]);
      }),
      { numRuns: 500 },
    );
    // The property covers both cases: about a quarter fit, and 50 of 500 are seven standard deviations below that.
    expect(Math.min(seen.fit, seen.not)).toBeGreaterThan(50);
  });

  it.each<[string, Partial<QnnSettings>, DataShape, string, RegExp]>([
    [
      'observables and classes',
      { observables: ['Z0', 'Z1'] },
      { features: 4, classes: 3 },
      'observables',
      /^2 of them, and the data has 3 classes; one for each is right$/,
    ],
    [
      'one observable for two classes',
      { observables: ['Z0'] },
      { features: 2, classes: 2 },
      'observables',
      /^1 of them, and the data has 2 classes/,
    ],
    [
      'a program and features',
      { qasm: TWO_INPUTS },
      { features: 4, classes: 3 },
      'qasm',
      /^the circuit takes 2 features, and the data has 4; right would be inputs x0 to x3$/,
    ],
    [
      'a program and classes',
      { qasm: TWO_INPUTS },
      { features: 2, classes: 4 },
      'qasm',
      /^2 qubits tell at most 3 classes/,
    ],
    [
      'qubits and classes',
      { qubits: 2 },
      { features: 4, classes: 10 },
      'qubits',
      /^2 qubits tell at most 3 classes, and the data has 10; right would be at least 4, or observables, one for each/,
    ],
    [
      'one qubit and three classes',
      { qubits: 1 },
      { features: 4, classes: 3 },
      'qubits',
      /^1 qubit tells at most 2 classes/,
    ],
    [
      'the qubits that a QCNN leaves',
      { ansatz: 'qcnn', layers: 2 },
      { features: 4, classes: 3 },
      'qubits',
      /^the 1 of 4 qubits that 'qcnn' leaves tells at most 2 classes/,
    ],
    [
      'amplitudes and features',
      { qubits: 1, ansatz: 'real-amplitudes', encoding: 'amplitude' },
      { features: 4, classes: 2 },
      'encoding',
      /^'amplitude' on 1 qubit takes at most 2 features, and the data has 4; right would be at least 2 qubits, or the/,
    ],
    [
      'a feature map and features',
      { qubits: 2, ansatz: 'real-amplitudes', encoding: 'zz-feature-map' },
      { features: 4, classes: 2 },
      'encoding',
      /^'zz-feature-map' on 2 qubits takes at most 2 features, and the data has 4; right would be at least 4 qubits/,
    ],
    [
      'more features than any number of qubits',
      { qubits: 4, encoding: 'basis' },
      { features: 21, classes: 2 },
      'encoding',
      /^'basis' on 4 qubits takes at most 4 features, and the data has 21; right would be the encoding 'angle'/,
    ],
    [
      'electrons and qubits',
      { ansatz: 'coupled-cluster', qubits: 2, ansatzOptions: { electrons: 5 } },
      { features: 2, classes: 2 },
      'ansatzOptions.electrons',
      /^5 in 2 spin orbitals; 1 to 1 are right$/,
    ],
  ])('reports that %s do not fit, with the field and the allowed values', (_what, given, shape, field, message) => {
    expect(qnnDataProblems(given, shape)).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  it('lists the problems of the features and of the classes together', () => {
    const given = { qubits: 2, ansatz: 'real-amplitudes', encoding: 'iqp', observables: ['Z0'] } as const;
    const fields = qnnDataProblems(given, { features: 3, classes: 2 }).map(({ field }) => field);
    expect(fields).toEqual(['encoding', 'observables']);
  });

  it('accepts any number of classes with given observables, and any number of features with the encoding angle', () => {
    const given = { qubits: 2, ansatz: 'real-amplitudes', observables: TEN } as const;
    expect(qnnDataProblems(given, { features: 40, classes: 10 })).toEqual([]);
  });
});
