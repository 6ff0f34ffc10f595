import type { Bench, BenchOptions } from './harness/bench.ts';
import { checkKeys, select } from './harness/only.ts';
import { type Cell, cellName, cellsOf } from './qnn/cells.ts';
import { ENCODE_ONCE_CELLS, encodeOnceRows } from './qnn/encode-once-rows.ts';
import { besidesOf, measureTable, partName } from './qnn/table.ts';

const KEYS = ['qubits', 'layers', 'batches', 'peers', 'parts'];
const PARTS = ['table', 'encode-once'] as const;

const encodeOncePart = (cell: Cell): string => `encode-once: ${cellName(cell)}`;

/**
 * Forward and adjoint of batches of circuits, and first results, with the peers that are installed; and circuits that encode once by
 * columns.
 */
export const qnnBench: Bench = {
  description: 'batches of circuits with their gradients, beside every simulator that is installed',
  options:
    'parts of qubits=4,6,8,10,12, layers=3,6, batches=32,256,1024 (16384 where named), peers=engines,workers,c,naive,jax,…, parts=table,encode-once',
  parts(options) {
    checkKeys(options.only, KEYS);
    const parts = select(options.only, 'parts', PARTS);
    const table = parts.includes('table') ? tableParts(options) : [];
    return parts.includes('encode-once') ? [...table, ...ENCODE_ONCE_CELLS.map(encodeOncePart)] : table;
  },
  async *run(progress, options, wanted) {
    const { full, only } = options;
    if (tableParts(options).some((part) => wanted.has(part))) {
      yield* measureTable(cellsOf(full, only), besidesOf(only), wanted, progress);
    }
    for (const cell of ENCODE_ONCE_CELLS) {
      const part = encodeOncePart(cell);
      if (wanted.has(part)) yield { parts: [part], rows: await encodeOnceRows(cell, () => performance.now()) };
    }
  },
};

function tableParts({ full, only }: BenchOptions): string[] {
  const besides = besidesOf(only);
  return cellsOf(full, only).flatMap((cell) => besides.map((beside) => partName(cell, beside)));
}
