import type { Circuit, ParameterKind } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { readOpenQasm } from '@qloom/quantum/qasm/read-openqasm.ts';

/** Name in errors of a program without a file name. */
const NAMELESS_PROGRAM = 'program.qasm';

/** Names of features, as written by users (x0), writeOpenQasm (x_0) and Qiskit (_x_0_). */
const FEATURE = /^_?x_?(\d+)_?$/;

/**
 * The circuit of an OpenQASM program: its `input`s x0, x1, … (or x_0, or Qiskit's _x_0_) are the features, in the order
 * of their numbers; all other `input`s are trained, and those that only multiply features are weights. Throws
 * OpenQasmError, which names file, line and column, and CircuitError if the features are not numbered from 0 without
 * gaps.
 */
export function circuitFromQasm(text: string, file = NAMELESS_PROGRAM): Circuit {
  const features: Feature[] = [];
  const { circuit } = readOpenQasm(text, {
    file,
    inputs(name) {
      const match = FEATURE.exec(name);
      if (!match) return null;
      const index = Number(match[1]);
      features.push({ name, index });
      return index;
    },
  });
  checkFeatures(features, file);
  return { ...circuit, parameters: parameterKinds(circuit) };
}

/** A feature, as declared in a program. */
interface Feature {
  readonly name: string;
  readonly index: number;
}

function checkFeatures(features: readonly Feature[], file: string): void {
  const sorted = features.toSorted((a, b) => a.index - b.index);
  if (sorted.every(({ index }, position) => index === position)) return;
  const shown = sorted.slice(0, MOST_SHOWN).map(({ name }) => name);
  const names = sorted.length > MOST_SHOWN ? `${shown.join(', ')}, …` : shown.join(', ');
  throw new CircuitError(`${file}: its features are ${names}; right would be x0 to x${features.length - 1}, each once`);
}

const MOST_SHOWN = 20;

function parameterKinds({ parameters, gates }: Circuit): ParameterKind[] {
  const terms = gates.flatMap(({ angles }) => angles.flatMap((angle) => angle.terms));
  return parameters.map((_, index) => {
    const own = terms.filter(({ parameter }) => parameter === index);
    return own.length > 0 && own.every(({ input }) => input !== null) ? 'weight' : 'angle';
  });
}
