import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { type Circuit, createCircuitBuilder } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { input, parameter } from '../gates/angle.ts';
import { GATES, type GateName } from '../gates/gates.ts';
import { gridCoupling, heavyHexCoupling, lineCoupling, ringCoupling } from '../testing/couplings.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { checkExecutable, TranspileCheckError, transpileError } from './check-transpiled.ts';
import type { TranspileTarget } from './target.ts';
import { type TranspiledCircuit, transpile } from './transpile.ts';
import { SAME_ANGLE } from './word.ts';

const BASES = [
  ['rz', 'sx', 'x', 'cz'],
  ['rz', 'sx', 'x', 'ecr'],
  ['rz', 'sx', 'cx'],
  ['rz', 'rx', 'iswap'],
  ['r', 'cz'],
  ['u', 'cx'],
  ['rz', 'sx', 'rzz'],
  ['u3', 'rxx'],
];
const DEVICES: Record<string, Pick<TranspileTarget, 'qubits' | 'coupling'>> = {
  'every pair': { qubits: 5, coupling: [] },
  line: { qubits: 6, coupling: lineCoupling(6) },
  ring: { qubits: 7, coupling: ringCoupling(7) },
  grid: { qubits: 6, coupling: gridCoupling(2, 3) },
  'heavy hex': { qubits: 156, coupling: heavyHexCoupling(8, 16) },
};

/** The amplitudes agree but for rounding: each angle of either circuit may be taken for another within SAME_ANGLE. */
function expectRight(circuit: Circuit, target: TranspileTarget, output: TranspiledCircuit, seed: number): void {
  checkExecutable(circuit, target, output);
  const probabilities = target.basisGates.includes('r');
  const error = transpileError(circuit, output, createRandom(seed), { probabilities });
  expect(error).toBeLessThan((circuit.gates.length + output.gates.length + 1) * SAME_ANGLE);
}

describe('transpile', () => {
  it.each(Object.keys(GATES) as GateName[])('translates %s to every basis, its angles symbolic', (name) => {
    const qubits = Math.max(GATES[name].qubits, 2);
    for (const [seed, basisGates] of BASES.entries()) {
      const { circuit } = randomProblem(createRandom(seed), qubits, 1, { names: [name] });
      const target = { qubits, basisGates, coupling: [] };
      expectRight(circuit, target, transpile(circuit, target), seed);
    }
  });

  const cases = fc.record({
    seed: fc.nat(),
    qubits: fc.integer({ min: 1, max: 5 }),
    gates: fc.nat(24),
    basisGates: fc.constantFrom(...BASES),
    device: fc.constantFrom(...Object.keys(DEVICES)),
  });

  it('gives a circuit of the basis and the couplings that is equal to the given one', () => {
    fc.assert(
      fc.property(cases, ({ seed, qubits, gates, basisGates, device }) => {
        const { circuit } = randomProblem(createRandom(seed), qubits, gates, { inputProducts: true });
        const target = { ...DEVICES[device], basisGates };
        expectRight(circuit, target, transpile(circuit, target, { trials: 2, seed }), seed);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same for the same seed, and keeps parameters and inputs as symbols', () => {
    const builder = createCircuitBuilder({ qubits: 3, inputs: 1 });
    const theta = builder.parameter();
    builder
      .gate('crx', [0, 1], parameter(theta, 2))
      .gate('ryy', [1, 2], input(0))
      .gate('cu', [2, 0], parameter(theta), 0, 1);
    const target = { qubits: 5, basisGates: BASES[0], coupling: lineCoupling(5) };
    const output = transpile(builder.build(), target, { seed: 7 });
    expect(transpile(builder.build(), target, { seed: 7 })).toEqual(output);
    const terms = output.gates.flatMap(({ angles }) => angles.flatMap((angle) => angle.terms));
    expect(terms.some((term) => term.parameter === theta)).toBe(true);
    expect(terms.some((term) => term.input === 0)).toBe(true);
  });

  it('acts with CX and ECR in the order of the couplings', () => {
    const { circuit } = randomProblem(createRandom(3), 3, 30);
    for (const basisGates of [BASES[1], BASES[2]]) {
      const target = {
        qubits: 3,
        basisGates,
        coupling: [
          [1, 0],
          [1, 2],
        ] as const,
      };
      expectRight(circuit, target, transpile(circuit, target), 3);
    }
  });

  it('places the circuit where gates and measurements fail least', () => {
    const builder = createCircuitBuilder({ qubits: 3 });
    builder.gate('cx', [0, 1]).gate('cx', [1, 2]);
    const coupling = lineCoupling(9);
    const readout = new Array<number>(9).fill(0.01);
    const rates = [0.02, 0.02, 0.02, 0.02, 0.002, 0.002, 0.02, 0.02];
    const good = { qubits: 9, basisGates: [], coupling, errors: { coupling: rates, readout } };
    expect(transpile(builder.build(), good).initialLayout.toSorted()).toEqual([4, 5, 6]);
    readout[5] = 0.5;
    expect(transpile(builder.build(), good).initialLayout).not.toContain(5);
  });

  it('refuses what does not fit, and says what would', () => {
    const circuit = createCircuitBuilder({ qubits: 3 }).gate('cx', [0, 2]).build();
    const target = { qubits: 3, basisGates: [], coupling: [] };
    const amplitudes = createCircuitBuilder({ qubits: 3, inputs: 2, preparation: { kind: 'amplitude', inputs: 2 } });
    expect(() => transpile(amplitudes.build(), target)).toThrow('starts from amplitudes');
    expect(() => transpile(circuit, { ...target, qubits: 2 })).toThrow('3 qubits are more than the 2 of the target');
    expect(() => transpile(circuit, { ...target, basisGates: ['h', 'cx'] })).toThrow('has no one-qubit gates');
    expect(() => transpile(circuit, { ...target, basisGates: ['rz', 'sx'] })).toThrow('has no two-qubit gates');
    expect(() => transpile(circuit, { ...target, coupling: [[0, 3]] })).toThrow('coupling 0 is 0, 3');
    expect(() => transpile(circuit, { ...target, errors: { readout: [0] } })).toThrow(
      '1 errors for readout; 3 are right',
    );
    const apart = {
      qubits: 4,
      basisGates: [],
      coupling: [
        [0, 1],
        [2, 3],
      ] as const,
    };
    expect(() => transpile(circuit, apart)).not.toThrow();
    const three = createCircuitBuilder({ qubits: 3 }).gate('cx', [0, 2]).gate('cx', [1, 2]).build();
    expect(() => transpile(three, apart)).toThrow(CircuitError);
  });
});

describe('the check of a translation', () => {
  const target = { qubits: 3, basisGates: [], coupling: lineCoupling(3) };
  const { circuit } = randomProblem(createRandom(11), 3, 12);
  const output = transpile(circuit, target);

  it('finds any gate that is left out', () => {
    expect(transpileError(circuit, output, createRandom(1))).toBeLessThan(1e-9);
    output.gates.forEach((_, i) => {
      const gates = output.gates.filter((_, k) => k !== i);
      expect(transpileError(circuit, { ...output, gates }, createRandom(1))).toBeGreaterThan(1e-6);
    });
  });

  it('finds an exchanged place', () => {
    const [a, b, c] = output.finalLayout;
    expect(transpileError(circuit, { ...output, finalLayout: [b, a, c] }, createRandom(1))).toBeGreaterThan(1e-3);
  });

  it('finds gates out of the basis, off the couplings and against their direction', () => {
    const gates = (name: 'cx' | 'cz' | 'h', ...qubits: number[]) => ({
      ...output,
      gates: [{ name, qubits, angles: [] }],
    });
    const check = (given: TranspiledCircuit, basisGates = ['cz', 'cx']) =>
      checkExecutable(circuit, { ...target, basisGates }, given);
    expect(() => check(gates('h', 0))).toThrow(TranspileCheckError);
    expect(() => check(gates('cz', 0, 2))).toThrow('is on no coupling');
    expect(() => check(gates('cz', 1, 0))).not.toThrow();
    expect(() => check(gates('cx', 1, 0))).toThrow('is on no coupling');
    expect(() => check({ ...output, gates: [], finalLayout: [0, 0, 1] })).toThrow('does not place 3 qubits');
  });
});
