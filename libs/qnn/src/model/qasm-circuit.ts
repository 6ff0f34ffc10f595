import type { Circuit, ParameterKind } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { parseOpenQasm } from '@qloom/quantum/qasm/parser.ts';
import { readOpenQasm } from '@qloom/quantum/qasm/read-openqasm.ts';

/** What errors call a program whose file nobody names. */
export const NAMELESS_PROGRAM = 'program.qasm';

/** Names of features, as people (x0), our writer (x_0) and Qiskit (_x_0_) have them. */
const FEATURE = /^_?x_?(\d+)_?$/;

/**
 * The circuit of an OpenQASM program: its `input`s x0, x1, … (or x_0, or Qiskit's _x_0_) are the features, in the order of
 * their numbers, all its other `input`s are trained; one that only ever multiplies features is a weight. Throws OpenQasmError,
 * which names file, line and column, and CircuitError where the features are not numbered from 0 without a gap.
 */
export function circuitFromQasm(text: string, file = NAMELESS_PROGRAM): Circuit {
  const { circuit } = readOpenQasm(text, { file, inputs: featureNames(text, file) });
  return { ...circuit, parameters: parameterKinds(circuit) };
}

/** Features have to be known before angles are read: x0*x1 is an angle, the product of two parameters is none. */
function featureNames(text: string, file: string): string[] {
  const features = parseOpenQasm(text, file).statements.flatMap((statement) => {
    const match = statement.kind === 'input' ? FEATURE.exec(statement.name) : null;
    return match ? [{ name: match[0], index: Number(match[1]) }] : [];
  });
  features.sort((a, b) => a.index - b.index);
  const names = features.map(({ name }) => name);
  if (features.some(({ index }, position) => index !== position)) {
    const right = `x0 to x${features.length - 1}, each once`;
    throw new CircuitError(`${file}: its features are ${names.join(', ')}; right would be ${right}`);
  }
  return names;
}

function parameterKinds({ parameters, gates }: Circuit): ParameterKind[] {
  const terms = gates.flatMap(({ angles }) => angles.flatMap((angle) => angle.terms));
  return parameters.map((_, index) => {
    const own = terms.filter(({ parameter }) => parameter === index);
    return own.length > 0 && own.every(({ input }) => input !== null) ? 'weight' : 'angle';
  });
}
