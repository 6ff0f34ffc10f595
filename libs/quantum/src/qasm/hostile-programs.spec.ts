import fc from 'fast-check';
import { CircuitTooLargeError } from '../errors.ts';
import { OpenQasmError } from './errors.ts';
import { integerRange, integersOf } from './range.ts';
import { readOpenQasm } from './read-openqasm.ts';
import { MAX_SOURCE } from './source-limits.ts';

const HEAD = 'OPENQASM 3;include "stdgates.inc";qubit[2] q;input float a;';

/** The number of gates of a program, or the message with which it is refused. */
function outcome(source: string): number | string {
  try {
    return readOpenQasm(source).circuit.gates.length;
  } catch (error) {
    if (error instanceof OpenQasmError || error instanceof CircuitTooLargeError) return error.message;
    throw error;
  }
}

const gates = (count: number, body: (i: number) => string) => Array.from({ length: count }, (_, i) => body(i)).join('');

describe('programs that require too much work', () => {
  it.each([
    [
      'a loop over reals whose step is lost to rounding',
      'for float x in [1e16:1:1e16]{}',
      'integers, not float (10000000000000000)',
    ],
    ['a loop at the largest reals', 'for float x in [1e308:1:1e308]{}', 'integers, not float (1e+308)'],
    ['all integers', 'for int i in [-9223372036854775807:9223372036854775807]{}', 'it has 18446744073709551615'],
    ['a step of 0', 'for int i in [0:0:5]{}', 'a loop with a step of 0'],
    ['a slice beyond 2^53', 'x q[9007199254740992:9007199254740993];', 'q[9007199254740992] is not one of'],
    ['a slice of all integers', 'x q[-9223372036854775807:9223372036854775807];', 'is not one of q[0] … q[1]'],
    ['parentheses', `rx(${'('.repeat(100_000)}`, 'nested more than 200 deep'],
    ['calls', `rx(${'sin('.repeat(100_000)}`, 'nested more than 200 deep'],
    ['casts', `rx(${'int('.repeat(100_000)}`, 'nested more than 200 deep'],
    ['widths', `rx(${'int['.repeat(100_000)}`, 'nested more than 200 deep'],
    ['powers', `rx(${'2**'.repeat(100_000)}`, 'nested more than 200 deep'],
    ['signs', `rx(${'-'.repeat(100_000)}`, 'nested more than 200 deep'],
    ['operators of all strengths', `rx(${'0||0&&(0+0*-'.repeat(100_000)}`, 'nested more than 200 deep'],
    ['loops', 'for int i in [0:1] '.repeat(50_000), 'nested more than 200 deep'],
    ['blocks', 'for int i in [0:1] {'.repeat(50_000), 'nested more than 200 deep'],
    [
      'definitions',
      `gate g0 p{}${gates(1000, (i) => `gate g${i + 1} p{g${i} p;}`)}`,
      'gate g201 is defined by gates more than 200 deep',
    ],
    ['a power of a power', 'pow(1e300) @ pow(1e300) @ x q[0];', 'unfolds to more than 100000 gates'],
    ['controls', 'ctrl(1000000000) @ x q[0];', 'ctrl(1000000000) on 1 qubits; an integer from 1 to 1 is right'],
    [
      'gates that are discarded',
      'gate g p{pow(100000) @ x p;}gate h p{pow(0) @ g p;}for int i in [1:100000] h q[0];',
      'takes more than 2000000 steps',
    ],
    ['qubits', 'qubit[1000000000] r;', '1000000002 qubits are above the maximum of 20'],
    ['bits', 'bit[1000000000] c;', '1000000000 bits are above the maximum of 4096'],
    ['bits of a type', 'const int[1000000000] c = 1;', 'a width of 1000000000; int[1] to int[1024] are right'],
    ['a large integer', 'rx(18446744073709551616) q[0];', '18446744073709551616 is above 2^64 - 1'],
    ['a large power of integers', 'rx(2**9223372036854775807) q[0];', 'does not fit: int has'],
    ['digits', `rx(${'1'.repeat(1_000_000)}) q[0];`, 'a number of 1000000 characters; at most 1024 are right'],
    ['letters', `${'x'.repeat(1_000_000)} q[0];`, 'a name of 1000000 characters; at most 200 are right'],
    ['a quote', `include "${'x'.repeat(1_000_000)}";`, 'a text of 1000000 characters; at most 1024 are right'],
    ['an open quote', `include "${'x'.repeat(1_000_000)}`, 'the quote is not closed on its line'],
    ['an open comment', '/*x'.repeat(500_000), 'the comment is never closed'],
    ['text', ' '.repeat(MAX_SOURCE), `characters; at most ${MAX_SOURCE} are right`],
  ])('%s', (_, body, message) => {
    expect(outcome(HEAD + body)).toContain(message);
  });

  // Long programs are read without recursion or a copy for each of their parts.
  it.each([
    ['terms', `rx(${'1+'.repeat(20_000)}1) q[0];`, 1],
    ['terms with an input', `rx(${'a+'.repeat(20_000)}1) q[0];`, 1],
    ['inverses', `${'inv @ '.repeat(10_000)}x q[0];`, 1],
    ['integer powers', `${'pow(1) @ '.repeat(10_000)}x q[0];`, 1],
    ['comments', '/**/'.repeat(100_000), 0],
    ['nothing', ';'.repeat(100_000), 0],
    ['integers beyond 2^53', 'for int i in [9007199254740992:9007199254740996] x q[0];', 5],
    ['arguments of a barrier', `barrier ${'q,'.repeat(20_000)}q;`, 0],
  ])('many %s are read', (_, body, count) => {
    expect(outcome(HEAD + body)).toBe(count);
  });
});

describe('integerRange', () => {
  it('has the integers of a counting loop, and their number', () => {
    const small = fc.bigInt({ min: -50n, max: 50n });
    fc.assert(
      fc.property(small, small, small, fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (first, step, last, far) => {
        const range = integerRange(first + far, step, last + far);
        if (step === 0n) return expect(range).toBeNull();
        const counted: bigint[] = [];
        for (let at = first; step > 0n ? at <= last : at >= last; at += step) counted.push(at + far);
        expect(range && integersOf(range)).toEqual(counted);
        expect(range?.count).toBe(BigInt(counted.length));
      }),
    );
  });
});
