import type { BenchOptions } from './benches.ts';
import { checkKeys, select } from './only.ts';
import { cellsOf } from './qnn/cells.ts';
import { ENCODE_ONCE_CELLS, encodeOnceRows } from './qnn/encode-once-rows.ts';
import { benchTable } from './qnn/table.ts';
import type { Row } from './row.ts';

const KEYS = ['qubits', 'layers', 'batches', 'peers', 'parts'];
const PARTS = ['table', 'encode-once'] as const;

/** What `--only` may name, for the usage. */
export const QNN_ONLY =
  'qubits=4,6,8,10,12, layers=3,6, batches=32,256,1024, peers=naive,c,jax,…, parts=table,encode-once';

/** Forward and adjoint of batches of circuits, first results and whole fits, with the peers that are installed; and circuits that encode once by columns. */
export async function benchQnn(progress: (message: string) => void, { full, only }: BenchOptions): Promise<Row[]> {
  checkKeys(only, KEYS);
  const parts = select(only, 'parts', PARTS);
  const rows = parts.includes('table') ? await benchTable(cellsOf(full, only), only, progress) : [];
  if (!parts.includes('encode-once')) return rows;
  for (const cell of ENCODE_ONCE_CELLS) rows.push(...(await encodeOnceRows(cell, () => performance.now())));
  return rows;
}
