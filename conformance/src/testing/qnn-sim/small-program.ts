import { ValidationError } from '@qloom/service-kit/faults/errors.ts';

/** A statement of a program: a gate or a reset, its angle where it has one, and its qubits. */
interface Statement {
  readonly name: string;
  /** A name of `inputs` or `parameters`. */
  readonly angle: string | undefined;
  readonly qubits: readonly number[];
}

/** A program in the part of OpenQASM 3 that the checks use. */
export interface SmallProgram {
  readonly qubits: number;
  /** Names of the inputs, in their order. */
  readonly inputs: readonly string[];
  /** Names of the parameters, in the order of their declaration. */
  readonly parameters: readonly string[];
  readonly statements: readonly Statement[];
}

const PLAIN = ['h', 'x', 'cx', 'reset'];
const ROTATIONS = ['rx', 'ry', 'rz'];
const WHERE = 'circuit.qasm';

/** Reads a program. Throws an error that becomes INVALID_ARGUMENT. */
export function readSmallProgram(text: string): SmallProgram {
  const names: string[] = [];
  const statements: Statement[] = [];
  let qubits = 0;
  for (const line of text.split(';').map((part) => part.trim())) {
    if (line === '' || /^(OPENQASM 3\.0|include "stdgates\.inc")$/.test(line)) continue;
    const [, input] = line.match(/^input float (\w+)$/) ?? [];
    const [, size] = line.match(/^qubit\[(\d+)\] q$/) ?? [];
    if (input !== undefined) names.push(input);
    else if (size !== undefined) qubits = Number(size);
    else statements.push(statementOf(line, names, qubits));
  }
  const inputs = names.filter((name) => /^x\d+$/.test(name)).sort();
  return { qubits, inputs, parameters: names.filter((name) => !inputs.includes(name)), statements };
}

function statementOf(line: string, names: readonly string[], size: number): Statement {
  const [, name = '', angle, operands = ''] = line.match(/^(\w+)(?:\((\w+)\))? (.*)$/) ?? [];
  const qubits = operands.split(',').map((operand) => Number(operand.match(/^\s*q\[(\d+)\]$/)?.[1] ?? size));
  const known = angle === undefined ? PLAIN.includes(name) : ROTATIONS.includes(name) && names.includes(angle);
  if (known && qubits.every((qubit) => qubit < size)) return { name, angle, qubits };
  throw new ValidationError([{ field: WHERE, description: `"${line}" is none of the statements that are read` }]);
}

/** Amplitudes of a state that is not normalized; bit j of an index is qubit j. */
export interface Amplitudes {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The states that a program ends in, each with its probability as its squared norm: one, and twice as many after each reset.
 * `angleOf` gives the angle of the statement with an index.
 */
export function endStates(program: SmallProgram, angleOf: (index: number) => number): Amplitudes[] {
  const zero = { re: new Float64Array(2 ** program.qubits), im: new Float64Array(2 ** program.qubits) };
  zero.re[0] = 1;
  return program.statements.reduce<Amplitudes[]>(
    (states, { name, qubits: [qubit, target] }, index) => {
      if (name === 'reset') return states.flatMap((state) => [keeping(state, qubit, 0), keeping(state, qubit, 1)]);
      if (name === 'cx') return states.map((state) => controlledNot(state, qubit, target));
      const half = angleOf(index) / 2;
      return states.map((state) => rotated(state, qubit, MATRIX[name](Math.cos(half), Math.sin(half))));
    },
    [zero],
  );
}

/** Real and imaginary parts of a 2×2 matrix, row by row. */
type Matrix = readonly (readonly [number, number])[];

const MATRIX: Readonly<Record<string, (cos: number, sin: number) => Matrix>> = {
  x: () => [[0, 0], [1, 0], [1, 0], [0, 0]], // biome-ignore format: a matrix
  h: () => [Math.SQRT1_2, Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT1_2].map((value) => [value, 0]),
  rx: (cos, sin) => [[cos, 0], [0, -sin], [0, -sin], [cos, 0]], // biome-ignore format: a matrix
  ry: (cos, sin) => [[cos, 0], [-sin, 0], [sin, 0], [cos, 0]], // biome-ignore format: a matrix
  rz: (cos, sin) => [[cos, -sin], [0, 0], [0, 0], [cos, sin]], // biome-ignore format: a matrix
};

function rotated({ re, im }: Amplitudes, qubit: number, [a, b, c, d]: Matrix): Amplitudes {
  const out = { re: new Float64Array(re.length), im: new Float64Array(re.length) };
  for (let k = 0; k < re.length; k++) {
    const set = (k >> qubit) & 1;
    for (const [from, [x, y]] of [
      [k & ~(1 << qubit), set ? c : a] as const,
      [k | (1 << qubit), set ? d : b] as const,
    ]) {
      out.re[k] += x * re[from] - y * im[from];
      out.im[k] += x * im[from] + y * re[from];
    }
  }
  return out;
}

const controlledNot = ({ re, im }: Amplitudes, control: number, target: number): Amplitudes => {
  const from = (k: number) => ((k >> control) & 1 ? k ^ (1 << target) : k);
  return { re: re.map((_, k) => re[from(k)]), im: im.map((_, k) => im[from(k)]) };
};

/** The part in which a qubit has a value, with the qubit then in |0⟩. */
const keeping = ({ re, im }: Amplitudes, qubit: number, value: number): Amplitudes => {
  const part = (of: Float64Array) => of.map((_, k) => ((k >> qubit) & 1 ? 0 : of[k | (value << qubit)]));
  return { re: part(re), im: part(im) };
};

/** Probability of each outcome of the measured qubits: bit j of an outcome is the j-th of them. */
export function outcomeProbabilities(states: readonly Amplitudes[], measured: readonly number[]): Float64Array {
  const probabilities = new Float64Array(2 ** measured.length);
  for (const { re, im } of states) {
    for (let k = 0; k < re.length; k++) {
      const outcome = measured.reduce((bits, qubit, j) => bits | (((k >> qubit) & 1) << j), 0);
      probabilities[outcome] += re[k] ** 2 + im[k] ** 2;
    }
  }
  return probabilities;
}

/** A term of an observable: its weight, and the Pauli operator of each qubit that it acts on. */
export interface PauliTerm {
  readonly weight: number;
  readonly paulis: readonly (readonly [pauli: string, qubit: number])[];
}

/** Reads `0.5*Z0 Z1 - 1.2*X0`. Throws an error that becomes INVALID_ARGUMENT. */
export function readPaulis(text: string, qubits: number, field: string): PauliTerm[] {
  const terms = text
    .replaceAll(/\s*([+-])\s*/g, ' $1')
    .trim()
    .split(/ (?=[+-])/);
  return terms.map((term) => {
    const [, sign = '', weight = '1', string = ''] = term.match(/^([+-]?)(?:([\d.]+)\*)?((?:[XYZ]\d+ ?)+)$/) ?? [];
    const paulis = [...string.matchAll(/([XYZ])(\d+)/g)].map(([, pauli, qubit]) => [pauli, Number(qubit)] as const);
    if (paulis.length > 0 && paulis.every(([, qubit]) => qubit < qubits)) {
      return { weight: Number(`${sign}${weight}`), paulis };
    }
    throw new ValidationError([{ field, description: `"${text}" is no sum of Pauli strings of ${qubits} qubits` }]);
  });
}

/** ⟨P⟩ of one Pauli string. */
export function pauliExpectation(states: readonly Amplitudes[], { paulis }: PauliTerm): number {
  const flips = paulis.reduce((bits, [pauli, qubit]) => (pauli === 'Z' ? bits : bits | (1 << qubit)), 0);
  let sum = 0;
  for (const { re, im } of states) {
    for (let k = 0; k < re.length; k++) {
      // ⟨k|P|m⟩ with m = k ⊕ flips is a product of ±1 for Z, and of ∓i for Y.
      let [x, y] = [1, 0];
      for (const [pauli, qubit] of paulis) {
        const sign = (k >> qubit) & 1 ? -1 : 1;
        if (pauli === 'Z') [x, y] = [sign * x, sign * y];
        if (pauli === 'Y') [x, y] = [sign * y, -sign * x];
      }
      const m = k ^ flips;
      sum += re[k] * (x * re[m] - y * im[m]) + im[k] * (x * im[m] + y * re[m]);
    }
  }
  return sum;
}
