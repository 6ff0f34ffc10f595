import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OpenQasmError } from './errors.ts';
import { readOpenQasm } from './read-openqasm.ts';

interface Case {
  readonly statements: string;
  readonly value: number | null;
  readonly qiskit?: number | null;
}

const golden = new URL('../../golden/', import.meta.url);

function parse(lines: string): { readonly head: string; readonly cases: readonly Case[] } {
  const [{ head }, ...cases] = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { head, cases };
}

/** The angle of a program's only gate, or null if it is refused. */
function read(program: string): number | null {
  try {
    return readOpenQasm(program).circuit.gates[0].angles[0].constant;
  } catch (error) {
    if (error instanceof OpenQasmError) return null;
    throw error;
  }
}

/** In both implementations operators and casts are exact or rounded once; functions may differ in their last bits. */
const ROUNDING = 1e-13;

function expectAgreement(lines: string): void {
  const { head, cases } = parse(lines);
  expect(cases.filter(({ value }) => value === null)).toHaveLength(300);
  expect(cases.filter(({ qiskit }) => typeof qiskit === 'number').length).toBeGreaterThan(300);
  for (const { statements, value, qiskit } of cases) {
    for (const wanted of qiskit === undefined ? [value] : [value, qiskit]) {
      const found = read(head + statements);
      const isSame =
        found === null || wanted === null
          ? found === wanted
          : Math.abs(found - wanted) <= ROUNDING * Math.max(1, Math.abs(wanted));
      expect({ statements, value: isSame ? 'as wanted' : found }).toEqual({
        statements,
        value: isSame ? 'as wanted' : wanted,
      });
    }
  }
}

describe('a thousand random expressions', () => {
  it('have the values of a Python evaluator and of Qiskit (golden/make_typed_expressions.py)', () => {
    expectAgreement(readFileSync(new URL('qasm-expressions.jsonl', golden), 'utf8'));
  });

  const python = process.env['QLOOM_QUANTUM_PYTHON'];
  if (python === undefined) {
    console.info('Not run: QLOOM_QUANTUM_PYTHON names no Python with numpy and qiskit-qasm3-import.');
  }
  (python === undefined ? it.skip : it)(
    'have them when they are evaluated by the Python that QLOOM_QUANTUM_PYTHON names',
    () => {
      const script = fileURLToPath(new URL('make_typed_expressions.py', golden));
      const run = spawnSync(String(python), [script], { encoding: 'utf8', maxBuffer: 2 ** 24 });
      expect({ status: run.status, stderr: run.status === 0 ? '' : run.stderr }).toEqual({ status: 0, stderr: '' });
      expectAgreement(run.stdout);
    },
    300_000,
  );
});
