import { readOpenQasm } from '@qloom/quantum/qasm/read-openqasm.ts';
import { probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import type { Random } from '@qloom/random/random.ts';
import type { BraketDevice } from './device-document.ts';
import { BraketRefusal, invalid } from './refusal.ts';

/** One OpenQASM program, with a list for each input where it is part of a program set. */
interface Program {
  readonly source: string;
  readonly inputs?: Readonly<Record<string, number | readonly number[]>> | null;
}

/** The action of a task, checked: programs with the inputs of each executable. */
export interface Action {
  readonly isSet: boolean;
  readonly programs: readonly {
    readonly program: Program;
    readonly executables: readonly Readonly<Record<string, number>>[];
  }[];
}

/** Shots of one executable: big-endian outcomes of the measured qubits, in their order. */
export interface Sampled {
  readonly measuredQubits: readonly number[];
  /** How often each outcome occurred; the first character is the first measured qubit. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Reads and checks an action. Throws {@link BraketRefusal}, as the service does for what a device never accepts. */
export function readAction(text: string, shots: number, device: BraketDevice): Action {
  const action = parse(text);
  const kind = action.braketSchemaHeader?.name;
  const isSet = kind === 'braket.ir.openqasm.program_set';
  if (!isSet && kind !== 'braket.ir.openqasm.program') throw invalid(`[Source] action ${String(kind)} is unknown`);
  if (isSet && !device.programSets) throw invalid(`${device.name} does not support program sets`);
  const given = isSet ? (action.programs ?? []) : [{ source: action.source ?? '', inputs: action.inputs }];
  const programs = given.map((program) => ({ program, executables: rowsOf(program, isSet) }));
  const executables = programs.reduce((sum, one) => sum + one.executables.length, 0);
  const each = shots / executables;
  if (isSet && device.programSets) {
    const { maximumExecutables, maximumTotalShots } = device.programSets;
    if (executables > maximumExecutables) throw invalid(`${executables} executables exceed ${maximumExecutables}`);
    if (shots > maximumTotalShots) throw invalid(`${shots} shots exceed the total of ${maximumTotalShots}`);
    if (!Number.isInteger(each)) throw invalid(`${shots} shots are no multiple of ${executables} executables`);
  }
  const [low, high] = device.shotsRange;
  if (each < low || each > high) throw invalid(`Device supports shots between ${low} and ${high}, got ${each}`);
  for (const { program } of programs) {
    const { qubits } = read(program.source).circuit;
    if (qubits > device.qubits) throw invalid(`the program has ${qubits} qubits, the device ${device.qubits}`);
  }
  return { isSet, programs };
}

/** Measures one executable. */
export function sample(
  source: string,
  inputs: Readonly<Record<string, number>>,
  shots: number,
  random: Random,
): Sampled {
  const { circuit, measurements, parameterNames } = read(source);
  const values = parameterNames.map((name) => {
    if (inputs[name] === undefined) throw invalid(`input ${name} has no value`);
    return inputs[name];
  });
  const measured = measurements.map(({ qubit }) => qubit);
  const measuredQubits = measured.length > 0 ? measured : Array.from({ length: circuit.qubits }, (_, q) => q);
  const distribution = probabilities(runCircuit(circuit, values, []));
  const counts = new Map<string, number>();
  for (let shot = 0; shot < shots; shot++) {
    let left = random.uniform();
    let state = distribution.findIndex((probability) => (left -= probability) < 0);
    if (state < 0) state = distribution.findLastIndex((probability) => probability > 0);
    const outcome = measuredQubits.map((qubit) => (state >> qubit) & 1).join('');
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return { measuredQubits, counts };
}

/** Braket's names of gates that the include file of OpenQASM has by other names. */
const BRAKET_GATES: readonly (readonly [RegExp, string])[] = [
  [/\bcnot\b/g, 'cx'],
  [/\bi (?=\w+\[)/g, 'id '],
];

function read(source: string): ReturnType<typeof readOpenQasm> {
  const named = BRAKET_GATES.reduce((text, [name, standard]) => text.replaceAll(name, standard), source);
  try {
    return readOpenQasm(named.replace(/^\s*OPENQASM\s+3(\.0)?\s*;/, (head) => `${head} include "stdgates.inc";`));
  } catch (error) {
    throw invalid(`[line unknown] OpenQASM program is invalid: ${(error as Error).message}`);
  }
}

function rowsOf({ inputs }: Program, isSet: boolean): Record<string, number>[] {
  const entries = Object.entries(inputs ?? {});
  if (entries.length === 0) return [{}];
  if (!isSet) return [Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]))];
  const lengths = new Set(entries.map(([, value]) => (Array.isArray(value) ? value.length : -1)));
  const [length] = lengths;
  if (lengths.size > 1 || length < 1) throw invalid('inputs of a program in a set must be lists of one length');
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(entries.map(([name, value]) => [name, (value as readonly number[])[row]])),
  );
}

function parse(text: string): {
  braketSchemaHeader?: { name?: string };
  source?: string;
  inputs?: Program['inputs'];
  programs?: Program[];
} {
  try {
    return JSON.parse(text);
  } catch {
    throw new BraketRefusal(400, 'ValidationException', 'action is not JSON');
  }
}
