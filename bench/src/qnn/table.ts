import { cpus } from 'node:os';
import type { Measured, Progress } from '../harness/bench.ts';
import { select } from '../harness/only.ts';
import type { Row } from '../harness/row.ts';
import { type Cell, cellName } from './cells.ts';
import { type Contender, ContenderError } from './contenders/contender.ts';
import { type EngineContender, startEngines } from './contenders/engine-contender.ts';
import { createNaiveContender } from './contenders/naive-contender.ts';
import { PeerMissingError, startPeer } from './contenders/peer-process.ts';
import { peerPrograms } from './contenders/peers.ts';
import { limitRows } from './limit/limit-rows.ts';
import { measureCell } from './measure-cell.ts';
import { missingRow, tableRows } from './table-rows.ts';
import { twoWorkerRows } from './two-workers.ts';

/**
 * Peers of the fastest engine that are not separate programs: other engines, two threads, the limit, naive JavaScript.
 */
const OWN = ['engines', 'workers', 'c', 'naive'];

const programs = () => peerPrograms(process.env['QLOOM_BENCH_PYTHON'] ?? 'python3');

/** All peers of the fastest engine in a cell, or those that `only` names. Throws OnlyError. */
export const besidesOf = (only: ReadonlyMap<string, readonly string[]>): string[] =>
  select(only, 'peers', [...OWN, ...programs().keys()]);

/** A part of the benchmark: one peer of the fastest engine in one cell. */
export const partName = (cell: Cell, beside: string): string => `${cellName(cell)}: ${beside}`;

/** The contenders, and the absent ones with the reason. */
interface Field {
  readonly engines: readonly EngineContender[];
  /** The reference engine. */
  readonly oracle: EngineContender;
  /** By their names in `--only peers=`. */
  readonly peers: ReadonlyMap<string, Contender>;
  readonly missing: readonly Row[];
}

/** Measures the requested parts of cells, cell by cell. */
export async function* measureTable(
  cells: readonly Cell[],
  besides: readonly string[],
  wanted: ReadonlySet<string>,
  progress: Progress,
): AsyncGenerator<Measured> {
  const nowMs = () => performance.now();
  progress(`${cpus()[0]?.model ?? 'an unknown processor'}, ${cpus().length} cores; Node ${process.versions.node}`);
  const isWanted = (beside: string) => cells.some((cell) => wanted.has(partName(cell, beside)));
  const field = await startField(besides.filter(isWanted), nowMs);
  const { engines, oracle, peers, missing } = field;
  try {
    for (const { name, about } of [...engines, ...peers.values()]) progress(`${name}: ${about}`);
    if (missing.length > 0) yield { parts: [], rows: missing };
    for (const cell of cells) {
      const here = besides.filter((beside) => wanted.has(partName(cell, beside)));
      const parts = here.filter((beside) => OWN.includes(beside) || peers.has(beside));
      if (parts.length === 0) continue;
      progress(cellName(cell));
      const rivals = parts.flatMap((beside) => peers.get(beside) ?? []);
      const ours = parts.includes('engines') ? [...engines, oracle] : engines.slice(0, 1);
      const rows: Row[] = [];
      if (rivals.length > 0 || ours.length > 1) {
        rows.push(...tableRows(cell, await measureCell(cell, ours, rivals, oracle, { progress })));
      }
      if (parts.includes('c')) rows.push(...(await limitRows(cell, nowMs)));
      if (parts.includes('workers')) rows.push(...(await twoWorkerRows(cell, 'wasm', nowMs)));
      yield { parts: parts.map((beside) => partName(cell, beside)), rows };
    }
  } finally {
    for (const contender of [...engines, oracle, ...peers.values()]) await contender.close();
  }
}

/** Starts engines and peers; peers at the same time, since most of it is reading files. */
async function startField(besides: readonly string[], nowMs: () => number): Promise<Field> {
  const { engines: all, missing: absent } = await startEngines(nowMs);
  const oracle = all.find(({ name }) => name.startsWith('reference'));
  if (oracle === undefined) throw new TypeError("engine 'reference': always there");
  const engines = all.filter((engine) => engine !== oracle);
  const missing = besides.includes('engines')
    ? absent.map(({ name, reason }) => missingRow(name, `not available: ${reason}`))
    : [];
  const peers = new Map<string, Contender>();
  if (besides.includes('naive')) peers.set('naive', createNaiveContender(nowMs));
  const wanted = [...programs()].filter(([key]) => besides.includes(key));
  const started = await Promise.all(
    wanted.map(async ([key, program]) => {
      try {
        return { key, peer: await startPeer(program) };
      } catch (error) {
        if (!(error instanceof PeerMissingError || error instanceof ContenderError)) throw error;
        return { key, missing: missingRow(program.name, error.message) };
      }
    }),
  );
  for (const one of started) {
    if (one.peer) peers.set(one.key, one.peer);
    else missing.push(one.missing);
  }
  return { engines, oracle, peers, missing };
}
