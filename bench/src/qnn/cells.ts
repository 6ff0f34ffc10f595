import { select } from '../harness/only.ts';

/** One cell of the table: a circuit's size and a batch. */
export interface Cell {
  readonly qubits: number;
  readonly layers: number;
  readonly batch: number;
}

const QUBITS = [4, 6, 8, 10, 12];
const LAYERS = [3, 6];
const BATCHES = [32, 256, 1024];
/** Not part of the table, but measured on request: a batch that fills a GPU. */
const LARGE_BATCH = 16_384;

/** What a run without `--full` measures, where nothing else is asked for. */
const QUICK: readonly Cell[] = [
  { qubits: 4, layers: 6, batch: 256 },
  { qubits: 8, layers: 6, batch: 256 },
];

/** The requested cells: the quick ones, all with `full`, or those of `only`. Throws OnlyError. */
export function cellsOf(full: boolean, only: ReadonlyMap<string, readonly string[]>): Cell[] {
  const named = ['qubits', 'layers', 'batches'].some((key) => only.has(key));
  const qubits = select(only, 'qubits', QUBITS);
  const layers = select(only, 'layers', LAYERS);
  const batches = only.has('batches') ? select(only, 'batches', [...BATCHES, LARGE_BATCH]) : BATCHES;
  const wanted = ({ qubits: n, layers: l, batch }: Cell) =>
    qubits.includes(n) && layers.includes(l) && batches.includes(batch);
  const all = QUBITS.flatMap((n) => LAYERS.flatMap((l) => batches.map((batch) => ({ qubits: n, layers: l, batch }))));
  return (full || named ? all : QUICK).filter(wanted);
}

/** For people: `n=4 L=6 B=256`. */
export const cellName = ({ qubits, layers, batch }: Cell): string => `n=${qubits} L=${layers} B=${batch}`;
