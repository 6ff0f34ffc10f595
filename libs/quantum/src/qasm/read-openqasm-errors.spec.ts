import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { CircuitTooLargeError } from '../errors.ts';
import { OpenQasmError } from './errors.ts';
import { readOpenQasm } from './read-openqasm.ts';

const message = (source: string): string => {
  try {
    readOpenQasm(source, { file: 'bell.qasm' });
  } catch (error) {
    expect(error).toBeInstanceOf(OpenQasmError);
    return (error as OpenQasmError).message;
  }
  return 'no error';
};
const three = (body: string) =>
  message(`OPENQASM 3;\ninclude "stdgates.inc";\nqubit[2] q; bit[2] c; input float a;\n${body}`);
const two = (body: string) => message(`OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2]; creg c[2];\n${body}`);

describe('errors of readOpenQasm', () => {
  it.each([
    [
      'x q[1];\nreset q;',
      '5:1: reset of q[1], which has a gate on line 4, is not supported: a circuit is unitary up to its final measurements, ' +
        'and a reset is read only before the first gate on its qubit',
    ],
    ['for int i in [0:1] x q[0];', '4:1: for is OpenQASM 3, and this program is OpenQASM 2'],
    ['qubit r;', '4:1: qubit is OpenQASM 3, and this program is OpenQASM 2'],
    ['rx(3 % 2) q[0];', "4:6: ')' is right, not '%'"],
    ['qreg measure[2];', "4:6: a register’s name is right, not 'measure', which is a word of OpenQASM 2"],
    ['if (c == 1) x q[0];', '4:1: if is not supported: gates do not depend on measured bits'],
    ['opaque magic a;', '4:1: opaque is not supported: a gate needs a body'],
    ['measure q[0] -> c[0];\nx q[0];', '5:1: gate x on q[0], which is measured on line 4; measurements come last'],
    ['measure q -> c[0];', '4:1: 2 qubits are measured into 1 bits'],
    [
      'foo q[0];',
      `4:1: the gate 'foo' is not defined here; gates are defined before their use, or by include "qelib1.inc";`,
    ],
    ['cx q[0],q[0];', '4:1: cx acts on a qubit twice'],
    ['x q[2];', '4:3: q[2] is not one of q[0] … q[1]'],
    ['rx q[0];', '4:1: rx has 0 angles; 1 are right'],
    ['rx(1/0) q[0];', '4:5: division by zero'],
    ['rx(b) q[0];', `4:4: 'b' is not a constant, an input or an angle of this gate`],
    ['include "other.inc";', '4:1: include "other.inc" is not read; qelib1.inc and stdgates.inc are known'],
    [
      'gate g a { g a; }',
      `4:12: the gate 'g' is not defined here; gates are defined before their use, or by include "qelib1.inc";`,
    ],
    ['x q[0]', `4:7: ';' is right, not the end of the program`],
    ['x q[0]; ¿', `4:9: '¿' is not OpenQASM`],
    ['/* x q[0];', '4:1: the comment is never closed'],
  ])('version 2: %s', (body, wanted) => {
    expect(two(body)).toBe(`bell.qasm:${wanted}`);
  });

  it.each([
    ['while (true) { }', '4:1: while is not supported: loops run over constants'],
    ['defcal x $0 { }', '4:1: defcal is not supported: circuits have no pulses'],
    ['delay[10ns] q[0];', '4:1: delay is not supported: circuits have no time'],
    ['int[32] n = 3;', '4:1: int is not supported: variables are const or input'],
    ['c[0] = measure q[0];\nh q[0];', '5:1: gate h on q[0], which is measured on line 4; measurements come last'],
    ['rx(sin(a)) q[0];', '4:4: sin of an input is not supported: angles are polynomials of inputs'],
    ['rx(a*a) q[0];', '4:5: a term has at most one parameter and two data inputs as factors'],
    ['rx(2^3) q[0];', `4:5: '^' is an exclusive or in OpenQASM 3; a power is '**'`],
    ['x $0;', '4:3: physical qubits ($0) are not supported; qubit registers are'],
    [
      'pow(0.5) @ rx(a) q[0]; pow(0.5) @ u3(a, 0, 0) q[0];',
      '4:24: pow(0.5) of u3 is not supported; integers are, and any power',
    ],
    [
      'measure q[0];\nreset q[0];',
      '5:1: reset of q[0], which is measured on line 4, is not supported: a circuit is unitary',
    ],
    ['pow @ x q[0];', '4:5: pow takes an exponent; `pow(2) @` is right'],
    ['inv(1) @ x q[0];', '4:4: inv takes no argument; `inv @` is right'],
    ['ctrl(1.0) @ x q[0], q[1];', '4:6: ctrl’s number is an integer, not float'],
    ['ctrl @ gphase(1) q[0], q[1];', '4:1: gphase acts on 1 qubits; 0 are right'],
    ['for int for in [0:1] {}', "4:9: a loop variable’s name is right, not 'for', which is a word of OpenQASM 3"],
    ['for i in [0:1] {}', '4:5: a loop variable has a type: for int i in …'],
    ['gate gate p {}', "4:6: a gate’s name is right, not 'gate', which is a word of OpenQASM 3"],
    ['input float input;', "4:13: an input’s name is right, not 'input', which is a word of OpenQASM 3"],
    ['const float pi = 3;', "4:1: 'pi' is a constant of OpenQASM 3; any other name is right"],
    ['const int q = 3;', "4:1: 'q' is declared twice"],
    ['const int n = 2.7;', '4:15: float is not promoted to int; int(…) casts'],
    ['const int[8] n = 300;', '4:18: 300 does not fit: int[8] has -128 to 127'],
    ['const int[8] n = 100; rx(n + n) q[0];', '4:28: 200 does not fit: int[8] has -128 to 127'],
    ['rx(7.5 % 2) q[0];', "4:8: '%' is not defined for float and int; mod(a, b) is right"],
    ['rx(2 ** -1) q[0];', '4:6: an integer to the power of -1 is not an integer; 2.0 ** -1 is right'],
    [
      'rx(1 << 2) q[0];',
      "4:6: '<<' is not defined for int and int; it is for bit[n], uint[n] and angle[n], by an integer",
    ],
    ['rx(true) q[0];', '4:4: an argument of a gate is an angle, a float or an integer, not bool'],
    ['rx(uint[1024](0) - uint[1024](1)) q[0];', '4:18: the value is not a finite number'],
    ['rx(1__0) q[0];', "4:4: '1__0' is not a number"],
    ['rx(10ns) q[0];', "4:4: '10ns' is not supported: circuits have no time, and no complex numbers"],
    ['rx(+1) q[0];', `4:4: a number, a name or '(' is right, not '+'`],
    ['const complex c = 1;', '4:7: the type complex is not supported; bool, bit, int, uint, float, angle are'],
    ['const float[16] d = 1;', '4:13: a width of 16; float[32] and float[64] are right'],
    ['const int[0] d = 1;', '4:11: a width of 0; int[1] to int[1024] are right'],
    ['rx(a < 1) q[0];', "4:6: '<' with an input is not supported: angles are polynomials of inputs"],
    ['rx(int(a)) q[0];', '4:4: int(…) of an input is not supported: its value is not known here'],
    ['x q[0.0];', '4:5: an index is an integer, not float'],
    ['x q[1:0];', '4:3: a slice without elements; at least one is right'],
    ['barrier r;', "4:9: 'r' is not a qubit register"],
    ['rx(0.1) q[0]; // a comment that ends with its line\ry q[2];', '5:3: q[2] is not one of q[0] … q[1]'],
    ['@annotation\nx q[0];', '4:1: annotations are not supported'],
    ['ctrl(3) @ x q[0], q[1];', '4:1: ctrl(3) on 2 qubits; an integer from 1 to 2 is right'],
    [
      'for int i in [0:1] { qubit r; }',
      `4:22: a loop’s body may contain statements of the kinds gate, barrier, for, measure, reset, not register`,
    ],
    ['qubit[19] more;', '4:1: 21 qubits are above the maximum of 20'],
  ])('version 3: %s', (body, wanted) => {
    expect(three(body).slice(0, wanted.length + 10)).toBe(`bell.qasm:${wanted}`);
  });

  it("shows the program's text in printable characters, shortened", () => {
    expect(message('qubit q; \u0000')).toBe("bell.qasm:1:10: '\\u0000' is not OpenQASM");
    expect(message('include "\u001b[2J";')).toContain('include "\\u001b[2J" is not read');
    expect(message(`qubit q; rx(1${'0'.repeat(999)}) q;`).length).toBeLessThan(400);
    expect(message(`qubit ${'q'.repeat(201)};`)).toBe('bell.qasm:1:7: a name of 201 characters; at most 200 are right');
  });

  it('refuses a data input whose index is above the limit', () => {
    const read = () => readOpenQasm('input float x; qubit q;', { inputs: () => 1e20 });
    expect(read).toThrow("program.qasm:1:1: 'x' is input 100000000000000000000; at most 1048575 is right");
  });

  it('refuses other versions and programs without qubits', () => {
    expect(message('OPENQASM 4.0; qubit q;')).toBe(
      'bell.qasm:1:10: OpenQASM 4.0 is not supported; 2.0, 3, 3.0 and 3.1 are',
    );
    expect(message('')).toContain('bell.qasm:1:1: the program has no qubits; supported are registers');
  });

  const doubling = (inner: string) =>
    `gate g0 p { ${inner} } ${Array.from({ length: 60 }, (_, i) => `gate g${i + 1} p { g${i} p; g${i} p; }`).join('\n')} g60 q[0];`;

  it.each([
    ['gates that double their number', doubling('x p;'), 'unfolds to more than 100000 gates'],
    ['empty gates that double', doubling(''), 'steps to unfold'],
    ['loops in loops', 'for int i in [1:90000] for int j in [1:90000] { }', 'steps to unfold'],
    ['a large power', 'pow(1e9) @ x q[0];', 'unfolds to more than 100000 gates'],
    [
      'a long loop',
      'for int i in [1:9223372036854775807] { }',
      'a loop of more than 100000 iterations: it has 9223372036854775807',
    ],
    ['a loop over reals', 'for float x in [1e16:1:1e16]{}', 'the bounds of a range are integers, not float'],
    ['deep nesting', `rx(${'('.repeat(100_000)}1`, 'nested more than 200 deep'],
    ['a deep chain of signs', `rx(${'-'.repeat(100_000)}1) q[0];`, 'nested more than 200 deep'],
  ])('stops at %s', (_, body, wanted) => {
    expect(three(body)).toContain(wanted);
  });

  it('throws only its own errors for programs that are cut and mixed at random', () => {
    const source = readFileSync(new URL('../../golden/qasm/standard-gates.3.qasm', import.meta.url), 'utf8');
    const pieces = source.split(/(?<=[;{}\s])/);
    const mixed = fc.array(
      fc.oneof(
        fc.constantFrom(...pieces),
        fc.constantFrom('ctrl @ ', 'inv @ ', 'pow(-3) @ ', 'q[0]', '(', ')', ',', '}', 'for int i in [0:3] '),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(mixed, fc.nat(source.length), (parts, cut) => {
        try {
          readOpenQasm(source.slice(0, cut) + parts.join(''));
        } catch (error) {
          const known = error instanceof OpenQasmError || error instanceof CircuitTooLargeError;
          if (!known) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});
