import { createCircuitBuilder } from '../circuit.ts';
import { runCircuit } from '../simulation/statevector.ts';
import { distance, unitaryOf } from '../testing/unitary.ts';
import { constant } from './angle.ts';
import { COMPOSED_GATES, expandGate, gateSize, type LibraryGateName } from './gate-library.ts';
import { GATES } from './gates.ts';
import { controlled, type Matrix, matrix, multiply } from './matrix.ts';

const ANGLES = [0.7, -1.3, 2.1, 0.4];
const onItsOwn = (name: LibraryGateName): Matrix => {
  const { qubits, angles } = gateSize(name);
  const gates = expandGate(
    name,
    Array.from({ length: qubits }, (_, q) => q),
    ANGLES.slice(0, angles).map(constant),
  );
  return unitaryOf(gates, qubits);
};
/** Rounding errors of eighteen gates. */
const ROUNDING = 1e-14;

/** The identity except for a real 2×2 block on the basis states `a` and `b`. */
function givens(size: number, a: number, b: number, angle: number): Matrix {
  const values = new Float64Array(2 * size * size);
  for (let k = 0; k < size; k++) values[2 * (k * size + k)] = 1;
  values[2 * (a * size + a)] = Math.cos(angle / 2);
  values[2 * (b * size + b)] = Math.cos(angle / 2);
  values[2 * (a * size + b)] = -Math.sin(angle / 2);
  values[2 * (b * size + a)] = Math.sin(angle / 2);
  return { size, values };
}

describe('composed gates', () => {
  it.each([
    ['c3x', controlled(GATES.x.matrix([]), 3, 1)],
    ['c4x', controlled(GATES.x.matrix([]), 4, 1)],
    ['c3z', controlled(GATES.z.matrix([]), 3, 1)],
    ['c3sqrtx', controlled(GATES.sx.matrix([]), 3, 1)],
    ['ccp', controlled(GATES.p.matrix([0.7]), 2, 1)],
    ['c3p', controlled(GATES.p.matrix([0.7]), 3, 1)],
    ['cs', controlled(GATES.s.matrix([]), 1, 1)],
    ['csdg', controlled(GATES.sdg.matrix([]), 1, 1)],
    ['crot', controlled(GATES.rot.matrix([0.7, -1.3, 2.1]), 1, 1)],
    ['u2', GATES.u.matrix([Math.PI / 2, 0.7, -1.3])],
    ['u1', GATES.p.matrix([0.7])],
    ['u3', GATES.u.matrix([0.7, -1.3, 2.1])],
    ['u0', GATES.id.matrix([])],
    ['phase', GATES.p.matrix([0.7])],
    ['cphase', GATES.cp.matrix([0.7])],
    ['cu1', GATES.cp.matrix([0.7])],
    ['cu3', GATES.cu.matrix([0.7, -1.3, 2.1])],
    ['cnot', GATES.cx.matrix([])],
    ['CX', GATES.cx.matrix([])],
  ] as const)('%s has the matrix of its definition, including its phase', (name, wanted) => {
    expect(distance(onItsOwn(name), wanted)).toBeLessThan(ROUNDING);
  });

  it('cu4 is the controlled e^{iγ}·U', () => {
    const u = GATES.u.matrix(ANGLES);
    const phase = matrix(2, [Math.cos(0.4), Math.sin(0.4), 0, 0, 0, 0, Math.cos(0.4), Math.sin(0.4)]);
    expect(distance(onItsOwn('cu4'), controlled(multiply(phase, u), 1, 1))).toBeLessThan(ROUNDING);
  });

  it('single_excitation turns |01⟩ into |10⟩ as in PennyLane', () => {
    // PennyLane writes the first wire as the most significant: |01⟩ ↦ cos|01⟩ + sin|10⟩. Here index = q₀ + 2·q₁.
    expect(distance(onItsOwn('single_excitation'), givens(4, 0b10, 0b01, 0.7))).toBeLessThan(ROUNDING);
  });

  it('double_excitation turns |0011⟩ into |1100⟩ as in PennyLane', () => {
    // |0011⟩ ↦ cos|0011⟩ + sin|1100⟩, first wire written first: 0b1100 and 0b0011 with qubit 0 least significant.
    expect(distance(onItsOwn('double_excitation'), givens(16, 0b1100, 0b0011, 0.7))).toBeLessThan(ROUNDING);
  });

  it('rccx and rc3x are Toffoli gates up to phases of basis states', () => {
    for (const [name, size] of [
      ['rccx', 8],
      ['rc3x', 16],
    ] as const) {
      const { values } = onItsOwn(name);
      for (let column = 0; column < size; column++) {
        const controls = size / 2 - 1;
        const row = (column & controls) === controls ? column ^ (size / 2) : column;
        expect(Math.hypot(values[2 * (row * size + column)], values[2 * (row * size + column) + 1])).toBeCloseTo(1, 14);
      }
    }
  });

  it.each(Object.keys(COMPOSED_GATES) as (keyof typeof COMPOSED_GATES)[])('a builder appends %s', (name) => {
    const { qubits, angles } = COMPOSED_GATES[name];
    const builder = createCircuitBuilder({ qubits: qubits + 1 });
    for (let q = 0; q <= qubits; q++) builder.gate('ry', [q], 0.3 + q);
    const on = Array.from({ length: qubits }, (_, q) => qubits - q);
    const circuit = builder.gate(name, on, ...ANGLES.slice(0, angles)).build();
    const { re, im } = runCircuit(circuit);
    expect(re.reduce((total, value, k) => total + value * value + im[k] * im[k], 0)).toBeCloseTo(1, 13);
    for (const gate of circuit.gates) expect(GATES).toHaveProperty(gate.name);
  });

  it('is refused by its own name when its qubits or angles do not fit', () => {
    const builder = createCircuitBuilder({ qubits: 4 });
    expect(() => builder.gate('c3x', [0, 1, 2])).toThrow('gate 0 (c3x): acts on 3 qubits; 4 are right');
    expect(() => builder.gate('u2', [0], 1)).toThrow('gate 0 (u2): has 1 angles; 2 are right');
    expect(() => expandGate('rccx', [0], [])).toThrow('rccx: acts on 1 qubits; 3 are right');
  });
});
