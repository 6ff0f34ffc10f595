import { distance, unitaryOf } from '../testing/unitary.ts';
import { constant } from './angle.ts';
import type { Gate } from './gate.ts';
import { controlledGate, controlledSequence, gate, inverse, inverseGate, sequence } from './gate-algebra.ts';
import { GATES, type GateName } from './gates.ts';
import { adjointOf, controlled, matrix } from './matrix.ts';

const names = Object.keys(GATES) as GateName[];
const sample = (name: GateName, first = 0): Gate =>
  gate(
    name,
    Array.from({ length: GATES[name].qubits }, (_, q) => first + q),
    ...[0.7, -1.3, 2.1].slice(0, GATES[name].angles),
  );
const matrixOf = (name: GateName) => GATES[name].matrix([0.7, -1.3, 2.1].slice(0, GATES[name].angles));
/** Rounding errors of at most forty gates. */
const ROUNDING = 1e-14;

describe('gate algebra', () => {
  it.each(names)('inverts %s exactly', (name) => {
    const unitary = unitaryOf(inverseGate(sample(name)), GATES[name].qubits);
    expect(distance(unitary, adjointOf(matrixOf(name)))).toBeLessThan(ROUNDING);
  });

  it.each(names)('controls %s exactly', (name) => {
    const unitary = unitaryOf(controlledGate(0, sample(name, 1)), GATES[name].qubits + 1);
    expect(distance(unitary, controlled(matrixOf(name), 1, 1))).toBeLessThan(ROUNDING);
  });

  it.each(names.filter((name) => GATES[name].qubits < 3))('controls %s twice, exactly', (name) => {
    const once = controlledGate(1, sample(name, 2));
    const unitary = unitaryOf(
      once.flatMap((one) => controlledGate(0, one)),
      GATES[name].qubits + 2,
    );
    expect(distance(unitary, controlled(matrixOf(name), 2, 1))).toBeLessThan(ROUNDING);
  });

  it('turns a sequence’s phase into a phase of the control', () => {
    const { gates } = controlledSequence(0, sequence([gate('rx', [1], 0.4)], constant(0.9)));
    const [c, s] = [Math.cos(0.9), Math.sin(0.9)];
    const rx = GATES.rx.matrix([0.4]).values;
    const shifted = matrix(
      2,
      rx.map((value, i) => (i % 2 === 0 ? c * value - s * rx[i + 1] : c * value + s * rx[i - 1])),
    );
    expect(distance(unitaryOf(gates, 2), controlled(shifted, 1, 1))).toBeLessThan(ROUNDING);
  });

  it('inverts a sequence including its phase', () => {
    const twice = inverse(inverse(sequence([gate('rot', [0], 1, 2, 3), gate('csx', [0, 1])], constant(0.3))));
    expect(twice.phase.constant).toBe(0.3);
    const there = unitaryOf([gate('rot', [0], 1, 2, 3), gate('csx', [0, 1])], 2);
    expect(distance(unitaryOf(twice.gates, 2), there)).toBeLessThan(ROUNDING);
  });
});
