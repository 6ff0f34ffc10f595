import { type Circuit, validateCircuit } from '../circuit.ts';
import { type DrawnGate, drawGate, drawPreparation } from './gate-symbols.ts';

/** Settings that drawings share. */
export interface DrawingOptions {
  /** Whether boxes have their angles. Default true. */
  readonly angles?: boolean;
  /** The wires' names, one a qubit. Default `q0`, `q1`, …. */
  readonly qubitNames?: readonly string[];
}

/** The first and last wire that a gate's symbols and the line between them are on. */
export function spanOf({ symbols }: DrawnGate): { readonly first: number; readonly last: number } {
  const qubits = symbols.map(({ qubit }) => qubit);
  return { first: Math.min(...qubits), last: Math.max(...qubits) };
}

/**
 * A circuit's gates by columns: each as far left as the gates before it on the wires of its span let it, so that nothing is
 * drawn over anything. Throws CircuitError where the circuit is malformed.
 */
export function columnsOf(circuit: Circuit, options: DrawingOptions = {}): DrawnGate[][] {
  validateCircuit(circuit);
  const { qubits, preparation, gates } = circuit;
  const drawn = gates.map((gate) => drawGate(gate, options.angles));
  if (preparation) drawn.unshift(drawPreparation(qubits, preparation.inputs));
  const columns: DrawnGate[][] = [];
  const free = new Array<number>(qubits).fill(0);
  for (const gate of drawn) {
    const { first, last } = spanOf(gate);
    const column = Math.max(...free.slice(first, last + 1));
    (columns[column] ??= []).push(gate);
    free.fill(column + 1, first, last + 1);
  }
  return columns;
}

/** The wires' names, as they are given or by number. */
export const namesOf = ({ qubits }: Circuit, { qubitNames }: DrawingOptions): string[] =>
  Array.from({ length: qubits }, (_, q) => qubitNames?.[q] ?? `q${q}`);

/** Columns in lines: as many a line as fit into `room`, at least one. */
export function linesOf<T>(columns: readonly T[], widthOf: (column: T) => number, room: number): T[][] {
  const lines: T[][] = [[]];
  let used = 0;
  for (const column of columns) {
    const width = widthOf(column);
    if (used + width > room && lines[lines.length - 1].length > 0) {
      lines.push([]);
      used = 0;
    }
    lines[lines.length - 1].push(column);
    used += width;
  }
  return lines;
}
