import { readdirSync, readFileSync } from 'node:fs';
import { parameter, product, sum } from '../gates/angle.ts';
import { GATES, type GateName } from '../gates/gates.ts';
import { controlled } from '../gates/matrix.ts';
import { runCircuit } from '../simulation/statevector.ts';
import { distance, unitaryOf } from '../testing/unitary.ts';
import { readOpenQasm } from './read-openqasm.ts';

const program = (body: string, version = '3.0') =>
  `OPENQASM ${version};\ninclude "${version === '2.0' ? 'qelib1' : 'stdgates'}.inc";\n${body}`;
const gatesOf = (body: string, version?: string) => readOpenQasm(program(body, version)).circuit.gates;
const namesOf = (body: string, version?: string) =>
  gatesOf(body, version).map((gate) => `${gate.name} ${gate.qubits.join(',')}`);

interface Expected {
  readonly values: Readonly<Record<string, number>>;
  readonly amplitudes: readonly (readonly [number, number])[];
}

describe('programs that Qiskit wrote (golden/make_qiskit_programs.py)', () => {
  const folder = new URL('../../golden/qasm/', import.meta.url);
  const expected: Record<string, Expected> = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));
  const files = readdirSync(folder).filter((name) => name.endsWith('.qasm'));

  it('has twelve programs', () => {
    expect(files).toHaveLength(12);
  });

  it.each(files)('%s prepares the state that Qiskit computed', (file) => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    const { values, amplitudes } = expected[file.split('.')[0]];
    // Qiskit's exporter writes x[0] as _x_0_.
    const byName = new Map(
      Object.entries(values).map(([name, value]) => [name.replace(/(.+)\[(\d+)\]/, '_$1_$2_'), value]),
    );
    const inputs = source.startsWith('OPENQASM 3') ? [...byName.keys()].filter((name) => name.startsWith('_x_')) : [];
    const read = readOpenQasm(source, { file, inputs });
    const state = runCircuit(
      read.circuit,
      read.parameterNames.map((name) => byName.get(name) as number),
      inputs.map((name) => byName.get(name) as number),
    );
    // OpenQASM 2 has no global phase, so states are compared by |⟨expected|state⟩|; it squares errors, hence the tolerance.
    let re = 0;
    let im = 0;
    amplitudes.forEach(([a, b], k) => {
      re += a * state.re[k] + b * state.im[k];
      im += a * state.im[k] - b * state.re[k];
    });
    expect(state.re).toHaveLength(amplitudes.length);
    expect(Math.abs(Math.hypot(re, im) - 1)).toBeLessThan(1e-12);
  });

  it('keeps the measurements of registers.2.qasm', () => {
    const { measurements, qubitNames } = readOpenQasm(readFileSync(new URL('registers.2.qasm', folder), 'utf8'));
    expect(qubitNames).toEqual(['a[0]', 'a[1]', 'b[0]']);
    expect(measurements).toEqual([
      { qubit: 0, bit: 2 },
      { qubit: 1, bit: 1 },
      { qubit: 2, bit: 0 },
    ]);
  });
});

describe('readOpenQasm', () => {
  it('reads inputs as parameters and data, and polynomials of them as angles', () => {
    const { circuit, parameterNames } = readOpenQasm(
      program('input float[64] x; input angle w; input float theta; qubit q; ry(w*x + 2*theta - theta/2) q;'),
      { inputs: ['x'], weights: ['w'] },
    );
    expect(parameterNames).toEqual(['w', 'theta']);
    expect(circuit.parameters).toEqual(['weight', 'angle']);
    expect(circuit.gates[0].angles).toEqual([sum(product(0, 0), parameter(1, 1.5))]);
  });

  it.each([
    ['-2^2', '2.0', -4],
    ['2^3^2/256', '2.0', 2],
    ['-2**2', '3.0', -4],
    ['2 - 3 - 4', '3.0', -5],
    ['8 / 4 / 2 * 3', '3.0', 3],
    ['7 % 4 + mod(-1, 4)', '3.0', 2],
    ['3/2 + 1', '2.0', 2.5],
    ['pi*(3/2)', '2.0', 1.5 * Math.PI],
    ['pi*(3/2)', '3.0', Math.PI],
    ['sin(pi/6) + ln(euler) + sqrt(4)', '3.0', 3.5],
    ['cos(0) + ln(1)', '2.0', 1],
    ['1_000e-3 + .5 + 0x10 + 0b11', '3.0', 20.5],
  ])('evaluates %s in version %s', (expression, version, value) => {
    const register = version === '2.0' ? 'qreg q[1];' : 'qubit[1] q;';
    const [gate] = gatesOf(`${register} rx(${expression}) q[0];`, version);
    expect(gate.angles[0].constant).toBeCloseTo(value, 12);
  });

  it('applies a gate to each element of registers', () => {
    expect(namesOf('qreg a[2]; qreg b[2]; qreg c[1]; cx a,b; cx a[1],c; cx c[0],a;', '2.0')).toEqual([
      'cx 0,2',
      'cx 1,3',
      'cx 1,4',
      'cx 4,0',
      'cx 4,1',
    ]);
    expect(namesOf('qubit[4] q; x q[0:2:2]; y q[{3, 1}]; z q[-1];')).toEqual(['x 0', 'x 2', 'y 3', 'y 1', 'z 3']);
  });

  it('accepts any line ends, comments and a byte order mark', () => {
    const source = '\uFEFFOPENQASM 2.0;\r\n// one\r\nqreg q[1]; /* two\r\n lines */ CX q[0],q[1];';
    expect(() => readOpenQasm(source, { file: 'a.qasm' })).toThrow('a.qasm:4:19: q[1] is not one of q[0] … q[0]');
  });

  it('accepts a reset before the first gate of its qubit, which has no effect', () => {
    expect(namesOf('qreg q[2]; reset q; reset q[0]; h q[0]; reset q[1]; cx q[0],q[1];', '2.0')).toEqual([
      'h 0',
      'cx 0,1',
    ]);
    expect(namesOf('qubit[3] q; for int i in [0:2] { reset q[i]; } reset q[0:1]; x q[2]; reset q[0];')).toEqual([
      'x 2',
    ]);
  });

  // Output of qml.to_openqasm of PennyLane 0.45.1 for a Hadamard, two GlobalPhases, a CRX and a √X.
  it('reads the global phases that PennyLane writes', () => {
    const body = `qreg q[2];
      creg c[2];
      h q[0];
      gphase(0.3) q[0];
      gphase(0.2) ;
      crx(0.2) q[0],q[1];
      rz(1.5707963267948966) q[0];
      ry(1.5707963267948966) q[0];
      rz(-1.5707963267948966) q[0];
      gphase(-0.7853981633974483) q[0];
      measure q[0] -> c[0];
      measure q[1] -> c[1];`;
    expect(namesOf(body, '2.0')).toEqual(['h 0', 'crx 0,1', 'rz 0', 'ry 0', 'rz 0']);
    expect(namesOf('qubit[2] q; gphase(0.3) q[0], q[1]; x q[0];')).toEqual(['x 0']);
  });

  it('accepts reserved words of OpenQASM 3 as names in OpenQASM 2', () => {
    const body =
      'qreg input[2]; creg ctrl[2]; gate box a { x a; } gate for a { box a; } for input[0]; box input; measure input -> ctrl;';
    expect(namesOf(body, '2.0')).toEqual(['x 0', 'x 0', 'x 1']);
  });

  it('reads a program without a header as OpenQASM 3, or as 2 if it includes qelib1.inc', () => {
    const angleOf = (source: string) => readOpenQasm(source).circuit.gates[0].angles[0].constant;
    expect(angleOf('include "stdgates.inc"; qubit q; rx(3/2) q;')).toBe(1);
    expect(angleOf('include "qelib1.inc"; qreg q[1]; rx(3/2) q[0];')).toBe(1.5);
    expect(angleOf('OPENQASM 3; include "stdgates.inc"; qreg q[1]; rx(3/2) q[0];')).toBe(1);
    expect(() => readOpenQasm('qubit q; OPENQASM 3;')).toThrow('1:10: the version is the first statement of a program');
    expect(() => readOpenQasm('OPENQASM 3.2; qubit q;')).toThrow(
      'OpenQASM 3.2 is not supported; 2.0, 3, 3.0 and 3.1 are',
    );
  });

  it('unrolls loops over constants and inlines gate definitions', () => {
    const body = `const int n = 2; qubit[3] q;
      gate twice(a) p, r { for int k in {1, 2} { rz(a*k) p; } cx p, r; }
      for uint i in [0:n-1] { twice(pi/2) q[i], q[i+1]; }`;
    expect(namesOf(body)).toEqual(['rz 0', 'rz 0', 'cx 0,1', 'rz 1', 'rz 1', 'cx 1,2']);
    expect(gatesOf(body)[1].angles[0].constant).toBe(Math.PI);
  });

  it('binds a gate body to the gates known at its definition', () => {
    expect(namesOf('qubit q; gate a p { x p; } gate b p { a p; } gate a p { b p; z p; } a q;')).toEqual(['x 0', 'z 0']);
  });

  it('applies U of OpenQASM 3 with its phase, which has an effect under a control', () => {
    const { circuit, globalPhase } = readOpenQasm(
      program('qubit[2] q; U(pi, 0, pi) q[0]; ctrl @ U(pi, 0, pi) q[0], q[1];'),
    );
    expect(globalPhase.constant).toBeCloseTo(Math.PI / 2, 14);
    expect(circuit.gates.map(({ name }) => name)).toEqual(['u', 'p', 'cu']);
  });

  it.each([
    ['ctrl @ rx(0.4) q[0], q[1];', controlled(GATES.rx.matrix([0.4]), 1, 1)],
    ['ctrl(2) @ ry(0.4) q[0], q[1], q[2];', controlled(GATES.ry.matrix([0.4]), 2, 1)],
    ['ctrl @ ctrl @ ctrl @ x q[0], q[1], q[2], q[3];', controlled(GATES.x.matrix([]), 3, 1)],
    ['ctrl(2) @ inv @ s q[0], q[1], q[2];', controlled(GATES.sdg.matrix([]), 2, 1)],
    ['inv @ u3(0.1, 0.2, 0.3) q[0]; u3(0.1, 0.2, 0.3) q[0];', GATES.id.matrix([])],
    ['pow(2) @ t q[0];', GATES.s.matrix([])],
    ['pow(-1) @ sx q[0];', GATES.sxdg.matrix([])],
    ['pow(0) @ h q[0]; id q[0];', GATES.id.matrix([])],
    ['ctrl @ pow(0.5) @ x q[0], q[1];', GATES.csx.matrix([])],
    ['x q[0]; negctrl @ z q[0], q[1]; x q[0];', GATES.cz.matrix([])],
    ['ctrl @ gphase(0.3) q[0];', GATES.p.matrix([0.3])],
  ])('carries out %s exactly', (body, matrix) => {
    const gates = gatesOf(`qubit[4] q; ${body}`);
    expect(distance(unitaryOf(gates, Math.log2(matrix.size)), matrix)).toBeLessThan(1e-14);
  });

  it('accepts every name of qelib1 and of stdgates', () => {
    const sizes: Record<string, [number, number]> = {
      u0: [1, 1],
      u2: [2, 1],
      u3: [3, 1],
      cu3: [3, 2],
      cu: [4, 2],
      u: [3, 1],
    };
    const call = (name: string) => {
      const gate = GATES[name as GateName];
      const [angles, qubits] = sizes[name] ?? (gate ? [gate.angles, gate.qubits] : [0, 0]);
      return `${name}${angles > 0 ? `(${'1,'.repeat(angles).slice(0, -1)})` : ''} ${Array.from({ length: qubits }, (_, q) => `q[${q}]`)};`;
    };
    const shared = 'x y z h s sdg t tdg sx rx ry rz p id u2 u3 cx cy cz ch swap cp crx cry crz cu ccx cswap'.split(' ');
    expect(() => gatesOf(`qubit[5] q; ${shared.map(call).join('\n')}`)).not.toThrow();
    expect(() =>
      gatesOf(`qreg q[5]; ${[...shared, 'u0', 'u', 'sxdg', 'cu3', 'csx', 'rxx', 'rzz'].map(call).join('\n')}`, '2.0'),
    ).not.toThrow();
  });
});
