import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Angle, evaluateAngle } from '@qloom/quantum/gates/angle.ts';
import { angleText, exactNumber } from '@qloom/quantum/gates/angle-text.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import type { Execution } from '../backend/backend.ts';

/** The action of a quantum task, and where its results are. */
export interface BraketAction {
  /** JSON text of `braket.ir.openqasm.program_set` or `braket.ir.openqasm.program`, version 1. */
  readonly text: string;
  /** For each execution the program that it is part of, its position in that program, and the program's qubit for each of its own. */
  readonly places: readonly { readonly program: number; readonly row: number; readonly qubits: readonly number[] }[];
}

/** A circuit as OpenQASM, each symbolic angle an input of its own. */
interface Source {
  readonly text: string;
  /** `angle_0`, `angle_1`, … */
  readonly angles: readonly Angle[];
  /** The program's qubit for each of the circuit's. */
  readonly qubits: readonly number[];
}

const HEADER = { name: 'braket.ir.openqasm.program', version: '1' } as const;

/**
 * Executions as one action. A circuit is sent once with a list of values for each of its angles; a circuit without symbols is sent once
 * for each execution, since a program without inputs is one executable. Every program measures all its qubits, and has only RX,
 * RZ and CZ, which all devices accept: the device's own compiler places it. Throws CircuitError for a circuit that starts from
 * amplitudes.
 */
export function braketAction(executions: readonly Execution[], isSet: boolean): BraketAction {
  const sources = new Map<Circuit, Source>();
  const programs: { source: string; inputs: Record<string, number[]>; rows: number }[] = [];
  const shared = new Map<Circuit, number>();
  const places = executions.map(({ circuit, parameters, inputs }) => {
    const source = sources.get(circuit) ?? sourceOf(circuit);
    sources.set(circuit, source);
    let program = shared.get(circuit);
    if (program === undefined) {
      program = programs.push({ source: source.text, inputs: {}, rows: 0 }) - 1;
      if (source.angles.length > 0) shared.set(circuit, program);
    }
    const into = programs[program];
    source.angles.forEach((angle, i) => {
      (into.inputs[inputName(i)] ??= []).push(evaluateAngle(angle, parameters, inputs));
    });
    return { program, row: into.rows++, qubits: source.qubits };
  });
  const documents = programs.map(({ source, inputs }) => ({ braketSchemaHeader: HEADER, source, inputs }));
  if (isSet) {
    const braketSchemaHeader = { name: 'braket.ir.openqasm.program_set', version: '1' };
    return { text: JSON.stringify({ braketSchemaHeader, programs: documents }), places };
  }
  const [{ inputs, ...only }] = documents;
  const single = Object.fromEntries(Object.entries(inputs).map(([name, [value]]) => [name, value]));
  return { text: JSON.stringify({ ...only, inputs: single }), places };
}

const inputName = (index: number): string => `angle_${index}`;

function sourceOf(circuit: Circuit): Source {
  const target = { qubits: circuit.qubits, basisGates: ['rx', 'rz', 'cz'], coupling: [] };
  const { gates, finalLayout } = transpile(circuit, target);
  const angles: Angle[] = [];
  const names = new Map<string, string>();
  const textOf = (angle: Angle): string => {
    if (angle.terms.length === 0) return exactNumber(angle.constant);
    const key = angleText(angle, { number: String, parameter: (i) => `p${i}`, input: (i) => `x${i}` });
    const known = names.get(key) ?? inputName(angles.push(angle) - 1);
    names.set(key, known);
    return known;
  };
  const lines = gates.map(({ name, qubits, angles: given }) => {
    const list = given.length > 0 ? `(${given.map(textOf).join(', ')})` : '';
    return `${name}${list} ${qubits.map((qubit) => `q[${qubit}]`).join(', ')};`;
  });
  const measured = finalLayout.map((place, qubit) => `b[${qubit}] = measure q[${place}];`);
  const declared = angles.map((_, i) => `input float ${inputName(i)};`);
  const registers = [`bit[${circuit.qubits}] b;`, `qubit[${circuit.qubits}] q;`];
  const text = ['OPENQASM 3.0;', ...declared, ...registers, ...lines, ...measured].join('\n');
  return { text: `${text}\n`, angles, qubits: finalLayout };
}
