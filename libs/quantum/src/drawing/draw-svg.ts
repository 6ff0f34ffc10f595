import type { Circuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { columnsOf, type DrawingOptions, linesOf, namesOf, spanOf } from './columns.ts';
import type { DrawnGate, GateSymbol } from './gate-symbols.ts';

/** Settings of {@link drawSvg}. */
export interface SvgOptions extends DrawingOptions {
  /** Width in pixels, at least 200; a wider column widens the drawing. Default 960. */
  readonly width?: number;
  /** Text alternative for screen readers. Default `Quantum circuit`. */
  readonly title?: string;
}

const LEAST_WIDTH = 200;
const WIRE_GAP = 44;
const BOX_HEIGHT = 32;
const LINE_GAP = 28;
const MARGIN = 16;
/** Advance of a character at 13 and 10 pixels in common monospaced fonts, rounded up. */
const NAME_ADVANCE = 8;
const ANGLE_ADVANCE = 6.2;
const STYLE =
  'text{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px;fill:#1a1a2e;' +
  'text-anchor:middle}.a{font-size:10px;fill:#44446a}.n{text-anchor:end}line,circle,path{stroke:#1a1a2e;' +
  'stroke-width:1.5;fill:none}.d{fill:#1a1a2e}.b{fill:#eef1fb;stroke:#3d4fa3;stroke-width:1.5}.w{stroke:#8a8fa8;stroke-width:1}';

/**
 * Draws a circuit as a self-contained SVG document, with time to the right, in as many lines as needed. Throws
 * CircuitError where the circuit is malformed or `width` is below 200.
 */
export function drawSvg(circuit: Circuit, options: SvgOptions = {}): string {
  const { width = 960, title = 'Quantum circuit' } = options;
  if (!Number.isFinite(width) || width < LEAST_WIDTH) {
    throw new CircuitError(`drawing: width ${width}; a number from ${LEAST_WIDTH} is right`);
  }
  const names = namesOf(circuit, options);
  const left = MARGIN + NAME_ADVANCE * Math.max(...names.map((name) => name.length)) + 8;
  const columns = columnsOf(circuit, options);
  const lines = linesOf(columns, columnWidth, width - left - MARGIN);
  const lineHeight = circuit.qubits * WIRE_GAP + LINE_GAP;
  const ends = lines.map((line) => left + line.reduce((total, column) => total + columnWidth(column), 0) + 8);
  const size = { width: round(Math.max(...ends) + MARGIN), height: lines.length * lineHeight - LINE_GAP + MARGIN };
  const body = lines.map((line, i) => lineSvg(line, names, left, ends[i], i * lineHeight + MARGIN / 2 + WIRE_GAP / 2));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...body.flat(),
    '</svg>',
    '',
  ].join('\n');
}

function lineSvg(
  line: readonly DrawnGate[][],
  names: readonly string[],
  left: number,
  end: number,
  top: number,
): string[] {
  const y = (qubit: number) => top + qubit * WIRE_GAP;
  const out = names.flatMap((name, q) => [
    `<text class="n" x="${left - 8}" y="${y(q) + 4}">${escaped(name)}</text>`,
    `<line class="w" x1="${left}" y1="${y(q)}" x2="${round(end)}" y2="${y(q)}"/>`,
  ]);
  let x = left;
  for (const column of line) {
    const width = columnWidth(column);
    for (const gate of column) out.push(...gateSvg(gate, round(x + width / 2), y));
    x += width;
  }
  return out;
}

function gateSvg(gate: DrawnGate, x: number, y: (qubit: number) => number): string[] {
  const { first, last } = spanOf(gate);
  const link = first === last ? [] : [`<line x1="${x}" y1="${y(first)}" x2="${x}" y2="${y(last)}"/>`];
  return [...link, ...gate.symbols.map(({ qubit, symbol }) => symbolSvg(symbol, x, y(qubit)))];
}

function symbolSvg(symbol: GateSymbol, x: number, y: number): string {
  switch (symbol.kind) {
    case 'control':
      return `<circle class="d" cx="${x}" cy="${y}" r="4"/>`;
    case 'not':
      return `<circle cx="${x}" cy="${y}" r="10" style="fill:#fff"/><path d="M${x - 10} ${y}h20M${x} ${y - 10}v20"/>`;
    case 'swap':
      return `<path d="M${x - 6} ${y - 6}l12 12M${x + 6} ${y - 6}l-12 12"/>`;
    case 'box': {
      const width = boxWidth(symbol);
      const box = `<rect class="b" x="${round(x - width / 2)}" y="${y - BOX_HEIGHT / 2}" width="${width}" height="${BOX_HEIGHT}" rx="3"/>`;
      if (symbol.angles === '') return `${box}<text x="${x}" y="${y + 4}">${escaped(symbol.name)}</text>`;
      const angles = `<text class="a" x="${x}" y="${y + 11}">${escaped(symbol.angles)}</text>`;
      return `${box}<text x="${x}" y="${y - 2}">${escaped(symbol.name)}</text>${angles}`;
    }
  }
}

const boxWidth = ({ name, angles }: Extract<GateSymbol, { kind: 'box' }>): number =>
  round(Math.max(BOX_HEIGHT, name.length * NAME_ADVANCE + 12, angles.length * ANGLE_ADVANCE + 12));

function columnWidth(column: readonly DrawnGate[]): number {
  const widths = column.flatMap(({ symbols }) =>
    symbols.map(({ symbol }) => (symbol.kind === 'box' ? boxWidth(symbol) : 24)),
  );
  return Math.max(...widths) + 12;
}

const round = (value: number): number => Math.round(10 * value) / 10;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text escaped for XML, without control characters. */
const escaped = (text: string): string =>
  text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
