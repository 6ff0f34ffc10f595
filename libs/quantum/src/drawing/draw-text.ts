import type { Circuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { columnsOf, type DrawingOptions, linesOf, namesOf, spanOf } from './columns.ts';
import type { DrawnGate, GateSymbol } from './gate-symbols.ts';

/** Settings of {@link drawText}. */
export interface TextOptions extends DrawingOptions {
  /** Characters per line, at least 24. Default 80. */
  readonly width?: number;
}

const LEAST_WIDTH = 24;

/**
 * Draws a circuit for a terminal, with time to the right and one wire per qubit, in lines of at most `width`
 * characters; `»` and `«` mark where a line continues. Labels wider than a line are truncated with `…`. Throws
 * CircuitError where the circuit is malformed or `width` is below 24.
 */
export function drawText(circuit: Circuit, options: TextOptions = {}): string {
  const { width = 80 } = options;
  if (!Number.isInteger(width) || width < LEAST_WIDTH) {
    throw new CircuitError(`drawing: width ${width}; an integer from ${LEAST_WIDTH} is right`);
  }
  const names = namesOf(circuit, options).map((name) => clipped(name, Math.floor(width / 3)));
  const margin = Math.max(...names.map((name) => name.length));
  // The name, a colon, a space, and an edge mark on each side.
  const room = width - margin - 4;
  const columns = columnsOf(circuit, options).map((gates) => columnText(gates, circuit.qubits, room));
  const lines = linesOf(columns, ([wire]) => wire.length, room);
  return lines
    .map((line, i) => {
      const rows = Array.from({ length: 2 * circuit.qubits - 1 }, (_, row) => {
        const isWire = row % 2 === 0;
        const head = isWire ? `${names[row / 2].padStart(margin)}: ` : ' '.repeat(margin + 2);
        const edge = (at: boolean, mark: string) => (isWire ? (at ? mark : '─') : ' ');
        const body = line.map((column) => column[row]).join('');
        return `${head}${edge(i > 0, '«')}${body}${edge(i < lines.length - 1, '»')}`.trimEnd();
      });
      // Leaves out rows between wires that have no connection.
      return rows.filter((row, at) => at % 2 === 0 || row.trim() !== '').join('\n');
    })
    .join('\n\n');
}

/** A column's rows, all of the same width: wires at even positions, the space between them at odd ones. */
function columnText(gates: readonly DrawnGate[], qubits: number, room: number): string[] {
  const texts = new Map<number, string>();
  for (const { symbols } of gates)
    for (const { qubit, symbol } of symbols) texts.set(qubit, symbolText(symbol, room - 1));
  const width = Math.max(...[...texts.values()].map((text) => text.length)) + 1;
  const crossed = new Set<number>();
  for (const gate of gates) {
    const { first, last } = spanOf(gate);
    for (let row = 2 * first + 1; row < 2 * last; row++) crossed.add(row);
  }
  return Array.from({ length: 2 * qubits - 1 }, (_, row) => {
    if (row % 2 === 1) return centred(crossed.has(row) ? '│' : '', width, ' ');
    return centred(texts.get(row / 2) ?? (crossed.has(row) ? '┼' : ''), width, '─');
  });
}

function symbolText(symbol: GateSymbol, room: number): string {
  if (symbol.kind !== 'box') return { control: '●', not: '⊕', swap: '×' }[symbol.kind];
  const label = symbol.angles === '' ? symbol.name : `${symbol.name}(${symbol.angles})`;
  return `┤${clipped(label, room - 2)}├`;
}

const clipped = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function centred(text: string, width: number, fill: string): string {
  const left = Math.floor((width - text.length) / 2);
  return fill.repeat(left) + text + fill.repeat(width - text.length - left);
}
