import type { BenchOptions } from './benches.ts';
import { checkKeys } from './only.ts';
import { cellsOf } from './qnn/cells.ts';
import { benchTable } from './qnn/table.ts';
import type { Row } from './row.ts';

const CELL_KEYS = ['qubits', 'layers', 'batches', 'peers'];

/** What `--only` may name, for the usage. */
export const QNN_ONLY = 'qubits=4,6,8,10,12, layers=3,6, batches=32,256,1024, peers=naive,c,jax,…';

/** Forward and adjoint of batches of circuits, first results and whole fits, with the peers that are installed. */
export async function benchQnn(progress: (message: string) => void, { full, only }: BenchOptions): Promise<Row[]> {
  checkKeys(only, CELL_KEYS);
  return benchTable(cellsOf(full, only), only, progress);
}
