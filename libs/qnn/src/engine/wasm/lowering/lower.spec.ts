import type { Circuit } from '@qloom/quantum/circuit.ts';
import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { evaluateAngle } from '@qloom/quantum/gates/angle.ts';
import { pauliRotation } from '@qloom/quantum/gates/matrix.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import {
  applyMatrix,
  initialState,
  parity,
  runCircuit,
  type Statevector,
  zeroState,
} from '@qloom/quantum/simulation/statevector.ts';
import { gradientRounding } from '@qloom/quantum/testing/gradient-rounding.ts';
import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { applyMap, composeMaps, identityMap, invertMap, isIdentity } from './affine-map.ts';
import type { Layer, ZString } from './layers.ts';
import { lower } from './lower.ts';

function runLayers(circuit: Circuit, parameters: Float64Array, inputs: Float64Array): Statevector {
  let state = initialState(circuit, inputs);
  const turn = ({ mask, angle }: ZString) => {
    const half = evaluateAngle(angle, parameters, inputs) / 2;
    state.re.forEach((re, k) => {
      const phase = parity(k & mask) ? half : -half;
      const im = state.im[k];
      state.re[k] = re * Math.cos(phase) - im * Math.sin(phase);
      state.im[k] = re * Math.sin(phase) + im * Math.cos(phase);
    });
  };
  const apply = ({ rotations, link }: Layer) => {
    for (const { qubit, angle } of rotations) {
      applyMatrix(state, pauliRotation('Y', evaluateAngle(angle, parameters, inputs)), [qubit]);
    }
    link.before.forEach(turn);
    const moved = zeroState(circuit.qubits);
    moved.re[0] = 0;
    state.re.forEach((re, k) => {
      moved.re[applyMap(link.map, k)] = re;
      moved.im[applyMap(link.map, k)] = state.im[k];
    });
    state = moved;
    link.after.forEach(turn);
  };
  lower(circuit).layers.forEach(apply);
  return state;
}

describe('lower', () => {
  it('gives the same state up to a global phase, for circuits of every gate', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 30 }), (seed, n, gates) => {
        const options = { inputProducts: true, amplitudes: seed % 2 === 0 };
        const { circuit, parameters, inputs } = randomProblem(createRandom(seed), n, gates, options);
        const actual = runLayers(circuit, parameters, inputs);
        const wanted = runCircuit(circuit, parameters, inputs);
        let [re, im] = [0, 0];
        wanted.re.forEach((r, k) => {
          re += r * actual.re[k] + wanted.im[k] * actual.im[k];
          im += r * actual.im[k] - wanted.im[k] * actual.re[k];
        });
        // The error of ⟨a|b⟩ is that of the expectation of an observable of norm 1, once for each state.
        const identity = [{ terms: [{ coefficient: 1, paulis: '' }] }];
        const [bound] = gradientRounding(circuit, identity, [1], parameters, inputs, 'float64').expectations;
        expect(Math.abs(Math.hypot(re, im) - 1)).toBeLessThanOrEqual(2 * bound);
      }),
      { numRuns: 150 },
    );
  });

  it.each(['data-reuploading', 'hardware-efficient', 'strongly-entangling'] as const)(
    'has one layer of rotations per layer of %s, including the encoding',
    (ansatz) => {
      const { layers } = lower(buildQnnCircuit({ qubits: 5, layers: 3, ansatz, inputs: 5 }));
      const doubled = ansatz === 'strongly-entangling' ? 6 : 3;
      expect(layers.map(({ rotations }) => rotations.length)).toEqual(new Array(doubled).fill(5));
      for (const { link } of layers) {
        for (const { mask } of [...link.before, ...link.after]) expect(Math.log2(mask) % 1).toBe(0);
      }
    },
  );

  it('drops phases of |0…0⟩, and merges CNOT, RZ, CNOT into one phase', () => {
    const circuit = createCircuitBuilder({ qubits: 2 })
      .gate('rz', [0], 1)
      .gate('cz', [0, 1])
      .gate('h', [0])
      .gate('h', [1]);
    circuit.gate('cx', [0, 1]).gate('rz', [1], 0.4).gate('cx', [0, 1]);
    const { layers } = lower(circuit.build());
    expect(layers).toHaveLength(1);
    expect(layers[0].link.before).toEqual([{ mask: 3, angle: { constant: 0.4, terms: [] } }]);
    expect(isIdentity(layers[0].link.map)).toBe(true);
  });
});

describe('invertMap', () => {
  it('inverts the map', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (seed, n) => {
        const random = createRandom(seed);
        let map = { ...identityMap(n), offset: random.integer(1 << n) };
        for (let i = 0; i < 20 && n > 1; i++) {
          const [target, control] = random.permutation(n);
          const rows = identityMap(n).rows.map((row, q) => (q === target ? row | (1 << control) : row));
          map = { ...composeMaps({ rows, offset: 0 }, map) };
        }
        expect(isIdentity(composeMaps(invertMap(map), map))).toBe(true);
      }),
    );
  });
});
