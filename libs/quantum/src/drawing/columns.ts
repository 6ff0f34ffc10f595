import { type Circuit, validateCircuit } from '../circuit.ts';
import { type DrawnGate, drawGate, drawPreparation } from './gate-symbols.ts';

/** Settings that all drawings have. */
export interface DrawingOptions {
  /** Whether boxes show their angles. Default true. */
  readonly angles?: boolean;
  /** The wires' names, one per qubit. Default `q0`, `q1`, …. */
  readonly qubitNames?: readonly string[];
}

/** The first and last wire of a gate's symbols and of the line between them. */
export function spanOf({ symbols }: DrawnGate): { readonly first: number; readonly last: number } {
  const qubits = symbols.map(({ qubit }) => qubit);
  return { first: Math.min(...qubits), last: Math.max(...qubits) };
}

/**
 * A circuit's gates by columns: each gate is as far left as the earlier gates on the wires of its span allow, so that
 * symbols do not overlap. Throws CircuitError where the circuit is malformed.
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

/** The wires' names, as given or by number. */
export const namesOf = ({ qubits }: Circuit, { qubitNames }: DrawingOptions): string[] =>
  Array.from({ length: qubits }, (_, q) => qubitNames?.[q] ?? `q${q}`);

/** Splits columns into lines: as many per line as fit into `room`, at least one. */
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
