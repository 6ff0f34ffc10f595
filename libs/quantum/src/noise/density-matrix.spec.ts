import { createRandom } from '@qloom/random/random.ts';
import { createCircuitBuilder } from '../circuit.ts';
import { CircuitTooLargeError } from '../errors.ts';
import { adjointOf, multiply } from '../gates/matrix.ts';
import { pauli } from '../observables/observable.ts';
import { adjointGradient } from '../simulation/adjoint.ts';
import { estimateExpectation } from '../simulation/sampling.ts';
import { probabilities, runCircuit } from '../simulation/statevector.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { type Channel, krausOperators } from './channels.ts';
import {
  densityExpectation,
  densityProbabilities,
  noisyExpectations,
  noisyGradient,
  runNoisyCircuit,
} from './density-matrix.ts';
import type { NoiseModel } from './noise-model.ts';

const CHANNELS: Channel[] = [
  { kind: 'depolarizing', probability: 0.1 },
  { kind: 'two-qubit-depolarizing', probability: 0.2 },
  { kind: 'bit-flip', probability: 0.15 },
  { kind: 'phase-flip', probability: 0.3 },
  { kind: 'amplitude-damping', gamma: 0.25 },
  { kind: 'phase-damping', gamma: 0.4 },
];
const EVERYTHING: NoiseModel = {
  rules: CHANNELS.map((channel) => ({ channel })),
  readout: { oneWhenZero: 0.03, zeroWhenOne: 0.08 },
};

describe('channels', () => {
  it.each(CHANNELS)('%p keeps the trace: Σ K†K = 1', (channel) => {
    const products = krausOperators(channel).map((k) => multiply(adjointOf(k), k));
    const { size } = products[0];
    for (let i = 0; i < 2 * size * size; i++) {
      const total = products.reduce((sum, { values }) => sum + values[i], 0);
      expect(total).toBeCloseTo(i % (2 * size + 2) === 0 ? 1 : 0, 14);
    }
  });

  const bloch = (channel: Channel) => {
    const circuit = createCircuitBuilder({ qubits: 1 }).gate('u', [0], 1.1, 0.6, 0).build();
    const observables = [...'XYZ'].map((letter) => pauli(letter, [0]));
    return [...noisyExpectations(circuit, { rules: [{ channel }] }, observables, [], [])];
  };
  const [x, y, z] = [Math.sin(1.1) * Math.cos(0.6), Math.sin(1.1) * Math.sin(0.6), Math.cos(1.1)];

  // Nielsen and Chuang, section 8.3: the effect of each channel on the Bloch vector.
  it.each<[Channel, number[]]>([
    [{ kind: 'depolarizing', probability: 0.3 }, [0.6 * x, 0.6 * y, 0.6 * z]],
    [{ kind: 'bit-flip', probability: 0.2 }, [x, 0.6 * y, 0.6 * z]],
    [{ kind: 'phase-flip', probability: 0.2 }, [0.6 * x, 0.6 * y, z]],
    [{ kind: 'phase-damping', gamma: 0.36 }, [0.8 * x, 0.8 * y, z]],
    [{ kind: 'amplitude-damping', gamma: 0.36 }, [0.8 * x, 0.8 * y, 0.64 * z + 0.36]],
  ])('%p changes the Bloch vector as in the textbook', (channel, wanted) => {
    bloch(channel).forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 14);
    });
  });

  it('two-qubit depolarizing shrinks every two-qubit Pauli string by 1 − 16p/15', () => {
    const circuit = createCircuitBuilder({ qubits: 2 }).gate('ry', [0], 0.7).gate('cx', [0, 1]).build();
    const rules = [{ channel: { kind: 'two-qubit-depolarizing' as const, probability: 0.3 } }];
    for (const letters of ['ZZ', 'XX', 'ZI', 'YY']) {
      const observables = [pauli(letters.replaceAll('I', ''), letters === 'ZI' ? [0] : [0, 1])];
      const [clean] = noisyExpectations(circuit, { rules: [] }, observables, [], []);
      expect(noisyExpectations(circuit, { rules }, observables, [], [])[0]).toBeCloseTo(clean * (1 - 0.32), 14);
    }
  });
});

describe('runNoisyCircuit', () => {
  it('equals the pure state without noise', () => {
    const { circuit, observables, parameters, inputs } = randomProblem(createRandom(5), 4, 30, { amplitudes: true });
    const wanted = adjointGradient(circuit, observables, [1, 1, 1], parameters, inputs).expectations;
    noisyExpectations(circuit, { rules: [] }, observables, parameters, inputs).forEach((value, k) => {
      expect(value).toBeCloseTo(wanted[k], 12);
    });
  });

  it('stays a state under all channels together: trace 1, no negative probabilities', () => {
    const { circuit, parameters, inputs } = randomProblem(createRandom(6), 4, 40);
    const rho = runNoisyCircuit(circuit, EVERYTHING, parameters, inputs);
    expect(densityExpectation(rho, { terms: [{ coefficient: 1, paulis: '' }] })).toBeCloseTo(1, 12);
    const read = densityProbabilities(rho, EVERYTHING);
    expect(Math.min(...read)).toBeGreaterThan(0);
    expect(read.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('applies rules to the gates, sizes and qubits that they name', () => {
    const circuit = createCircuitBuilder({ qubits: 2 }).gate('x', [0]).gate('x', [1]).gate('cx', [0, 1]).build();
    const flips = (rule: object, wanted: readonly number[]) => {
      const rules = [{ channel: { kind: 'bit-flip' as const, probability: 0.25 }, ...rule }];
      const values = noisyExpectations(circuit, { rules }, [pauli('Z', [0]), pauli('Z', [1])], [], []);
      wanted.forEach((value, q) => {
        expect(values[q]).toBeCloseTo(value, 14);
      });
    };
    flips({ gates: ['cx'], qubits: [1] }, [-1, 0.5]);
    flips({ gateQubits: 2 }, [-0.5, 0.5]);
    flips({ gateQubits: 1, qubits: [0] }, [-0.5, 0.5]);
  });

  it('refuses circuits that are too large, and malformed models with the number of the rule', () => {
    const wide = createCircuitBuilder({ qubits: 9 }).build();
    expect(() => runNoisyCircuit(wide, { rules: [] }, [], [])).toThrow(CircuitTooLargeError);
    expect(() => runNoisyCircuit(wide, { rules: [] }, [], [])).toThrow(
      '9 qubits need 4194304 bytes; at most 8 are right',
    );
    const one = createCircuitBuilder({ qubits: 1 }).build();
    const refused = (model: NoiseModel, message: string) =>
      expect(() => runNoisyCircuit(one, model, [], [])).toThrow(message);
    refused({ rules: [{ channel: { kind: 'bit-flip', probability: 1.2 } }] }, 'noise rule 0: probability 1.2 is not');
    refused(
      { rules: [{ channel: { kind: 'loss' } as never }] },
      "noise rule 0: channel 'loss' is none of depolarizing",
    );
    refused({ rules: [{ channel: CHANNELS[4], gates: ['foo' as never] }] }, "noise rule 0: gate 'foo' is unknown");
    refused({ rules: [{ channel: CHANNELS[1], gateQubits: 1 }] }, 'after gates on 1 qubits; 2 are right');
    refused({ rules: [], readout: [] }, 'readout: 0 errors for 1 qubits');
    refused({ rules: [], readout: { oneWhenZero: -1, zeroWhenOne: 0 } }, 'readout: -1 is not a number from 0 to 1');
  });
});

describe('readout errors', () => {
  it('have the same effect on observables as on measured outcomes', () => {
    const { circuit, parameters, inputs } = randomProblem(createRandom(8), 3, 20);
    const readout = [0.02, 0.1, 0.05].map((p, q) => ({ oneWhenZero: p, zeroWhenOne: 0.03 * q }));
    const model = { rules: [{ channel: CHANNELS[0] }], readout };
    const rho = runNoisyCircuit(circuit, model, parameters, inputs);
    const read = densityProbabilities(rho, model);
    const parityOf = read.reduce((total, p, k) => total + ((k & 1) ^ ((k >> 2) & 1) ? -p : p), 0);
    const [value] = noisyExpectations(circuit, model, [pauli('ZZ', [0, 2])], parameters, inputs);
    expect(value).toBeCloseTo(parityOf, 13);
  });
});

describe('noisyGradient', () => {
  it('agrees with central differences under all channels together, including amplitudes', () => {
    const { circuit, observables, cotangents, parameters, inputs } = randomProblem(createRandom(9), 3, 12, {
      amplitudes: true,
      inputProducts: true,
    });
    const gradient = noisyGradient(circuit, EVERYTHING, observables, cotangents, parameters, inputs);
    const loss = (p: Float64Array, x: Float64Array) =>
      noisyExpectations(circuit, EVERYTHING, observables, p, x).reduce((sum, v, k) => sum + cotangents[k] * v, 0);
    const slope = (values: Float64Array, i: number, at: (moved: Float64Array) => number) => {
      const moved = (by: number) => at(values.map((value, j) => (j === i ? value + by : value)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    };
    parameters.forEach((_, i) => {
      expect(gradient.parameters[i]).toBeCloseTo(
        slope(parameters, i, (p) => loss(p, inputs)),
        7,
      );
    });
    inputs.forEach((_, i) => {
      expect(gradient.inputs[i]).toBeCloseTo(
        slope(inputs, i, (x) => loss(parameters, x)),
        7,
      );
    });
  });

  it('equals the adjoint gradient without noise', () => {
    const p = randomProblem(createRandom(10), 3, 15);
    const noisy = noisyGradient(p.circuit, { rules: [] }, p.observables, p.cotangents, p.parameters, p.inputs);
    const pure = adjointGradient(p.circuit, p.observables, p.cotangents, p.parameters, p.inputs);
    pure.parameters.forEach((value, i) => {
      expect(noisy.parameters[i]).toBeCloseTo(value, 11);
    });
  });
});

describe('shots and density matrices', () => {
  it('agree without noise', () => {
    const { circuit, parameters, inputs } = randomProblem(createRandom(12), 2, 12);
    const state = runCircuit(circuit, parameters, inputs);
    const rho = runNoisyCircuit(circuit, { rules: [] }, parameters, inputs);
    probabilities(state).forEach((p, k) => {
      expect(densityProbabilities(rho)[k]).toBeCloseTo(p, 13);
    });
    const exact = densityExpectation(rho, pauli('XY', [0, 1]));
    const error = 5 * Math.sqrt((1 - exact * exact) / 20_000);
    expect(Math.abs(estimateExpectation(state, pauli('XY', [0, 1]), 20_000, createRandom(1)) - exact)).toBeLessThan(
      error,
    );
  });
});
