import { cpus } from 'node:os';
import { select } from '../only.ts';
import type { Row } from '../row.ts';
import { type Cell, cellName } from './cells.ts';
import { type Contender, ContenderError } from './contender.ts';
import { type EngineContender, startEngines } from './engine-contender.ts';
import { limitRows } from './limit/limit-rows.ts';
import { measureCell } from './measure-cell.ts';
import { createNaiveContender } from './naive-contender.ts';
import { PeerMissingError, startPeer } from './peer-process.ts';
import { peerPrograms } from './peers.ts';
import { type Missing, tableRows } from './table-rows.ts';
import { twoWorkerRows } from './two-workers.ts';

type Progress = (message: string) => void;

/** Measures cells with all engines and those peers that `only` asks for. Throws OnlyError. */
export async function benchTable(
  cells: readonly Cell[],
  only: ReadonlyMap<string, readonly string[]>,
  progress: Progress,
): Promise<Row[]> {
  const nowMs = () => performance.now();
  const programs = peerPrograms(process.env['QLOOM_BENCH_PYTHON'] ?? 'python3');
  const names = select(only, 'peers', ['naive', 'c', ...programs.keys()]);
  progress(`${cpus()[0]?.model ?? 'an unknown processor'}, ${cpus().length} cores; Node ${process.versions.node}`);
  const { engines, missing: missingEngines } = await startEngines(nowMs);
  const missing: Missing[] = missingEngines.map(({ name, reason }) => ({ name, note: `not available: ${reason}` }));
  const peers: Contender[] = names.includes('naive') ? [createNaiveContender(nowMs)] : [];
  const oracle = engines.find(({ name }) => name.startsWith('reference'));
  if (oracle === undefined) throw new TypeError("engine 'reference': always there");
  const rows: Row[] = [];
  try {
    for (const name of names) {
      const program = programs.get(name);
      if (program !== undefined) await admit(program.name, () => startPeer(program), peers, missing);
    }
    for (const { name, about } of [...engines, ...peers]) progress(`${name}: ${about}`);
    for (const { name, note } of missing) progress(`${name}: ${note}`);
    for (const cell of cells) {
      progress(cellName(cell));
      rows.push(...(await measure(cell, engines, peers, oracle, missing, progress)));
      if (names.includes('c')) rows.push(...(await limitRows(cell, nowMs)));
      rows.push(...(await twoWorkerRows(cell, 'wasm', nowMs)));
    }
  } finally {
    for (const contender of [...engines, ...peers]) await contender.close();
  }
  return rows;
}

/** Starts a peer, or notes why it is missing. */
async function admit(
  name: string,
  start: () => Promise<Contender>,
  peers: Contender[],
  missing: Missing[],
): Promise<void> {
  try {
    peers.push(await start());
  } catch (error) {
    if (!(error instanceof PeerMissingError || error instanceof ContenderError)) throw error;
    missing.push({ name, note: error.message });
  }
}

/** The oracle is timed last and in cells that it can do in a moment; it is there to be right. */
async function measure(
  cell: Cell,
  engines: readonly EngineContender[],
  peers: readonly Contender[],
  oracle: EngineContender,
  missing: readonly Missing[],
  progress: Progress,
): Promise<Row[]> {
  const others = engines.filter((engine) => engine !== oracle);
  return tableRows(cell, await measureCell(cell, [...others, oracle], peers, oracle, { progress }), missing);
}
