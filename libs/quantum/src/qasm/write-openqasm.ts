import { type Circuit, validateCircuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { type Angle, constant, evaluateAngle } from '../gates/angle.ts';
import { angleText, exactNumber } from '../gates/angle-text.ts';
import type { GateName } from '../gates/gates.ts';
import { DEFINITIONS, programName } from './definitions.ts';

/** Settings of {@link writeOpenQasm}. */
export interface WriteOptions {
  /** Default 3. */
  readonly version?: 2 | 3;
  /** Values of the parameters θ. Absent: they become `input`s, which only OpenQASM 3 has. */
  readonly parameters?: ArrayLike<number>;
  /** Values of the inputs x. Absent: they become `input`s, which only OpenQASM 3 has. */
  readonly inputs?: ArrayLike<number>;
  /** Measure every qubit at the end. Default false. */
  readonly measure?: boolean;
}

/** The names of `input`s in programs of {@link writeOpenQasm}. */
const parameterName = (index: number): string => `theta_${index}`;
export const inputName = (index: number): string => `x_${index}`;

/**
 * Writes a circuit as OpenQASM: a register `q`, one statement per gate, and definitions of the gates that the include
 * file lacks. Numbers are written so that the same float64 is read back. Parameters and inputs without values are
 * declared as `input float[64] theta_0;` and `input float[64] x_0;`. Global phase is not kept. Throws CircuitError if
 * the circuit is malformed, values are missing or not finite, or it starts from amplitudes, for which OpenQASM has no
 * statement.
 */
export function writeOpenQasm(circuit: Circuit, options: WriteOptions = {}): string {
  const { version = 3, parameters, inputs, measure = false } = options;
  validateCircuit(circuit);
  if (circuit.preparation) {
    throw new CircuitError(
      'OpenQASM: has no statement for a start from amplitudes; the circuit’s gates alone can be written',
    );
  }
  checkValues('parameters', parameters, circuit.parameters.length, version);
  checkValues('inputs', inputs, circuit.inputs, version);
  const lines = [`OPENQASM ${version}.0;`, `include "${version === 2 ? 'qelib1' : 'stdgates'}.inc";`];
  const used = new Set<GateName>(circuit.gates.map(({ name }) => name));
  for (const [name, text] of Object.entries(DEFINITIONS[version])) if (used.has(name as GateName)) lines.push(text);
  if (!parameters) circuit.parameters.forEach((_, i) => void lines.push(`input float[64] ${parameterName(i)};`));
  if (!inputs) for (let i = 0; i < circuit.inputs; i++) lines.push(`input float[64] ${inputName(i)};`);
  lines.push(version === 2 ? `qreg q[${circuit.qubits}];` : `qubit[${circuit.qubits}] q;`);
  if (measure) lines.push(version === 2 ? `creg c[${circuit.qubits}];` : `bit[${circuit.qubits}] c;`);
  for (const { name, qubits, angles } of circuit.gates) {
    const { name: called, moreAngles } = programName(name, version);
    const texts = [...angles.map((angle) => textOf(angle, parameters, inputs)), ...moreAngles];
    const on = qubits.map((qubit) => `q[${qubit}]`).join(', ');
    lines.push(`${called}${texts.length > 0 ? `(${texts.join(', ')})` : ''} ${on};`);
  }
  if (measure) lines.push(version === 2 ? 'measure q -> c;' : 'c = measure q;');
  return `${lines.join('\n')}\n`;
}

/** A number that is read back exactly: OpenQASM 3 reads digits alone as an integer, which has at most 64 bits. */
function numberText(value: number): string {
  const text = exactNumber(value);
  return /^-?\d{16,}$/.test(text) ? `${text}.0` : text;
}

const NOTATION = { number: numberText, parameter: parameterName, input: inputName };

/** The angle with the given values substituted. */
function textOf(
  angle: Angle,
  parameters: ArrayLike<number> | undefined,
  inputs: ArrayLike<number> | undefined,
): string {
  if (parameters && inputs) return numberText(evaluateAngle(angle, parameters, inputs));
  const bound = angle.terms.map((term) => {
    const { parameter, input, secondInput } = term;
    let { coefficient } = term;
    if (parameters && parameter !== null) coefficient *= parameters[parameter];
    if (inputs && input !== null) coefficient *= inputs[input];
    if (inputs && secondInput != null) coefficient *= inputs[secondInput];
    return inputs
      ? { coefficient, parameter, input: null, secondInput: null }
      : { coefficient, parameter: parameters ? null : parameter, input, secondInput };
  });
  const isNumber = (term: (typeof bound)[number]) => term.parameter === null && term.input === null;
  const sum = bound.filter(isNumber).reduce((total, { coefficient }) => total + coefficient, angle.constant);
  return angleText({ ...constant(sum), terms: bound.filter((term) => !isNumber(term)) }, NOTATION);
}

function checkValues(what: string, values: ArrayLike<number> | undefined, count: number, version: 2 | 3): void {
  if (!values) {
    if (version === 3 || count === 0) return;
    throw new CircuitError(`OpenQASM 2: needs the values of ${count} ${what}; OpenQASM 3 can leave them as inputs`);
  }
  if (values.length !== count) throw new CircuitError(`OpenQASM: ${values.length} ${what}; ${count} are right`);
  const at = Array.from(values).findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new CircuitError(`OpenQASM: ${what}[${at}] is ${values[at]}; a finite number is right`);
}
