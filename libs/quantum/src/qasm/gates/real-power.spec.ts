import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { GATES } from '../../gates/gates.ts';
import { controlled, type Matrix, multiply } from '../../gates/matrix.ts';
import { runCircuit } from '../../simulation/statevector.ts';
import { distance, unitaryOf } from '../../testing/unitary.ts';
import { readOpenQasm } from '../read-openqasm.ts';
import { matrixPower, type OneQubitMatrix } from './one-qubit-power.ts';

const read = (body: string) => readOpenQasm(`OPENQASM 3.0; include "stdgates.inc"; ${body}`);

/** The matrix of a program on n qubits, including its global phase. */
function matrixOf(body: string, qubits: number): Matrix {
  const { circuit, globalPhase } = read(`qubit[${qubits}] q; ${body}`);
  const { size, values } = unitaryOf(circuit.gates, qubits);
  const [c, s] = [Math.cos(globalPhase.constant), Math.sin(globalPhase.constant)];
  const turned = Float64Array.from(values, (value, k) =>
    k % 2 === 0 ? value * c - values[k + 1] * s : values[k - 1] * s + value * c,
  );
  return { size, values: turned };
}

/** Each of a few products rounds to 1e-16. */
const ROUNDING = 1e-14;

describe('pow(k) of a real k', () => {
  // The principal power, by its eigenvalues' angles: two half powers, or three third powers, multiply to the gate.
  it.each([
    ['h q[0];', 1],
    ['x q[0];', 1],
    ['y q[0];', 1],
    ['t q[0];', 1],
    ['sx q[0];', 1],
    ['rx(1.3) q[0];', 1],
    ['u3(1.1, 2.2, 3.3) q[0];', 1],
    ['U(1.1, 2.2, 3.3) q[0];', 1],
    ['u2(0.4, -2) q[0];', 1],
    ['id q[0];', 1],
    ['inv @ sx q[0];', 1],
    ['pow(3) @ t q[0];', 1],
    ['cx q[0], q[1];', 2],
    ['cz q[1], q[0];', 2],
    ['ch q[0], q[1];', 2],
    ['cu(0.3, 0.2, 0.1, 0) q[0], q[1];', 2],
    ['crz(0.7) q[1], q[0];', 2],
    ['swap q[0], q[1];', 2],
    ['ctrl @ u3(1, 2, 3) q[0], q[1];', 2],
    ['negctrl @ h q[0], q[1];', 2],
    ['ccx q[0], q[1], q[2];', 3],
    ['cswap q[2], q[1], q[0];', 3],
    ['ctrl @ negctrl @ y q[0], q[1], q[2];', 3],
  ])('of %s gives the gate when it is repeated', (call, qubits) => {
    const whole = matrixOf(call, qubits);
    expect(distance(matrixOf(`pow(0.5) @ ${call} pow(0.5) @ ${call}`, qubits), whole)).toBeLessThan(ROUNDING);
    const third = `pow(1.0/3) @ ${call}`;
    expect(distance(matrixOf(`${third} ${third} ${third}`, qubits), whole)).toBeLessThan(ROUNDING);
    const there = matrixOf(`pow(-0.3) @ ${call} pow(0.3) @ ${call}`, qubits);
    expect(distance(there, matrixOf('id q[0];', qubits))).toBeLessThan(ROUNDING);
  });

  it.each([
    ['pow(0.5) @ z q[0];', GATES.s.matrix([])],
    ['pow(0.5) @ x q[0];', GATES.sx.matrix([])],
    ['pow(0.5) @ inv @ x q[0];', GATES.sx.matrix([])],
    ['inv @ pow(0.5) @ x q[0];', GATES.sxdg.matrix([])],
    ['pow(-0.5) @ x q[0];', GATES.sxdg.matrix([])],
    ['pow(0.25) @ z q[0];', GATES.t.matrix([])],
    ['pow(0.5) @ rx(0.8) q[0];', GATES.rx.matrix([0.4])],
    ['pow(0.3) @ rx(7.0) q[0];', GATES.rx.matrix([2.1])],
    ['pow(-2.5) @ p(0.4) q[0];', GATES.p.matrix([-1])],
    ['pow(0.5) @ cx q[0], q[1];', GATES.csx.matrix([])],
    ['pow(0.5) @ ctrl @ x q[0], q[1];', GATES.csx.matrix([])],
    ['pow(0.5) @ crx(5.0) q[0], q[1];', controlled(GATES.rx.matrix([2.5]), 1, 1)],
    ['pow(0.5) @ pow(0.5) @ z q[0];', GATES.t.matrix([])],
    ['pow(2) @ pow(0.25) @ z q[0];', GATES.s.matrix([])],
    [
      'gate g(a) p, r { h r; crz(a) p, r; h r; } pow(0.5) @ g(1.8) q[0], q[1];',
      controlled(GATES.rx.matrix([0.9]), 1, 1),
    ],
    ['gate g p { s p; s p; } pow(0.5) @ g q[0];', GATES.s.matrix([])],
    ['gphase(0.6); pow(0.5) @ gphase(-1.2); id q[0];', GATES.id.matrix([])],
  ])('%s equals Qiskit’s matrix', (body, wanted) => {
    expect(distance(matrixOf(body, Math.log2(wanted.size)), wanted)).toBeLessThan(ROUNDING);
  });

  it('has Qiskit’s matrices, including phases (golden/make_gate_powers.py)', () => {
    const file = new URL('../../../golden/qasm-powers.json', import.meta.url);
    const { qiskit, cases } = JSON.parse(readFileSync(file, 'utf8'));
    expect([qiskit, cases.length]).toEqual(['2.6.2', 114]);
    for (const { program, matrix } of cases) {
      const body = program.slice(program.indexOf('q;') + 2);
      const wanted = { size: 8, values: Float64Array.from(matrix.flat(2)) };
      // The file has twelve decimals, and entries are at most 1.
      expect({ program, isSame: distance(matrixOf(body, 3), wanted) < 1e-11 }).toEqual({ program, isSame: true });
    }
  });

  it('scales the angle of a rotation by an input', () => {
    const { circuit } = read('input float a; qubit[2] q; pow(0.5) @ rx(a) q[0]; pow(0.5) @ ctrl @ rz(2*a) q[0], q[1];');
    expect(circuit.gates.map(({ name, angles }) => [name, angles[0].terms[0].coefficient])).toEqual([
      ['rx', 0.5],
      ['crz', 1],
    ]);
    expect(runCircuit(circuit, [0.4]).re).toHaveLength(4);
  });

  it.each([
    'gate g p, r { h p; cx p, r; } pow(0.5) @ g q[0], q[1];',
    'gate g p, r { h p; h r; } pow(0.5) @ g q[0], q[1];',
    'input float a; pow(0.5) @ U(a, 0, 0) q[0];',
  ])('refuses %s, which has no decomposition', (body) => {
    expect(() => read(`qubit[2] q; ${body}`)).toThrow(/pow\(0.5\) of \w+ is not supported; integers are/);
  });
});

describe('matrixPower', () => {
  const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
  const asMatrix = (entries: OneQubitMatrix): Matrix => ({ size: 2, values: Float64Array.from(entries.flat()) });
  const entriesOf = ({ values: v }: Matrix): OneQubitMatrix => [
    [v[0], v[1]],
    [v[2], v[3]],
    [v[4], v[5]],
    [v[6], v[7]],
  ];

  it('gives U when U^(1/k) is applied k times', () => {
    fc.assert(
      fc.property(angle, angle, angle, fc.integer({ min: 2, max: 5 }), (theta, phi, lambda, k) => {
        const unitary = GATES.u.matrix([theta, phi, lambda]);
        const root = asMatrix(matrixPower(entriesOf(unitary), 1 / k));
        let product = root;
        for (let i = 1; i < k; i++) product = multiply(product, root);
        // Near the identity, rounding changes the axis by up to √ε, which the equally small angle compensates.
        expect(distance(product, unitary)).toBeLessThan(1e-14);
      }),
    );
  });

  it('keeps the identity, and maps −1 to i', () => {
    expect(distance(asMatrix(matrixPower(entriesOf(GATES.id.matrix([])), 0.5)), GATES.id.matrix([]))).toBeLessThan(
      1e-15,
    );
    const minus = matrixPower(
      [
        [-1, 0],
        [0, 0],
        [0, 0],
        [-1, 0],
      ],
      0.5,
    );
    expect(distance(asMatrix(minus), { size: 2, values: Float64Array.from([0, 1, 0, 0, 0, 0, 0, 1]) })).toBeLessThan(
      1e-15,
    );
  });
});
