import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Measured } from './bench.ts';
import type { Row } from './row.ts';

/** Properties common to all measurements of a record. */
export interface Origin {
  readonly bench: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
}

/**
 * Thrown when a file is not a record, or a record of something else. The message says what it is, and what would be
 * right.
 */
export class RecordError extends Error {
  override name = 'RecordError';
  readonly code = 'invalid';
}

/** The measurements of a benchmark in a file, part by part, so that an interrupted run can be continued. */
export interface BenchRecord {
  readonly rows: readonly Row[];
  /** Names of the parts that are done. */
  readonly parts: ReadonlySet<string>;
  /** Adds rows to the file, and the parts that are done with them. */
  append(measured: Measured): void;
}

type Line = { run: Origin & { date: string } } | { row: Row } | { done: readonly string[] };

/**
 * Opens a record, or begins one: JSON lines `{"run": …}` for every time that it is opened, with the machine, its Node
 * and `date`; `{"row": …}`; and `{"done": [parts]}` after the rows of a part. Rows without a following `done` are
 * incomplete and ignored. Throws {@link RecordError} if the file has measurements of another benchmark, machine or
 * Node.
 */
export function openRecord(path: string, origin: Origin, date: string): BenchRecord {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const { rows, parts } = readRecord(path, text, origin);
  const write = (lines: readonly Line[]) =>
    appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  // Ends a truncated line.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n');
  write([{ run: { ...origin, date } }]);
  return {
    rows,
    parts,
    append(measured) {
      if (measured.parts.length === 0) return;
      write([...measured.rows.map((row): Line => ({ row })), { done: measured.parts }]);
      rows.push(...measured.rows);
      for (const part of measured.parts) parts.add(part);
    },
  };
}

function readRecord(path: string, text: string, origin: Origin): { rows: Row[]; parts: Set<string> } {
  const rows: Row[] = [];
  const parts = new Set<string>();
  let open: Row[] = [];
  const lines = text.split('\n').filter((line) => line !== '');
  const parsed = lines.map(parseLine);
  parsed.forEach((line, i) => {
    if (line === undefined) {
      // A truncated line is the last one, or is followed by a run that continues.
      const next = parsed[i + 1];
      if (i + 1 < lines.length && !(next && 'run' in next)) throw notARecord(path, i);
    } else if ('run' in line) {
      requireSame(path, line.run, origin);
      open = [];
    } else if (i === 0) throw notARecord(path, i);
    else if ('row' in line) open.push(readRow(line.row));
    else {
      rows.push(...open);
      open = [];
      for (const part of line.done) parts.add(part);
    }
  });
  if (lines.length > 0 && parsed[0] === undefined) throw notARecord(path, 0);
  return { rows, parts };
}

const notARecord = (path: string, index: number): RecordError =>
  new RecordError(`--out: line ${index + 1} of ${path} is none that a benchmark wrote; another file is right`);

function parseLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null) return undefined;
    return 'run' in line || 'row' in line || ('done' in line && Array.isArray(line.done)) ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** JSON has null where there is no figure. */
function readRow(row: Row): Row {
  const figure = (value: number | null) => value ?? Number.NaN;
  return { ...row, value: figure(row.value), peerValue: figure(row.peerValue), ratio: figure(row.ratio) };
}

function requireSame(path: string, theirs: Origin, ours: Origin): void {
  const differ = (key: keyof Origin) => theirs[key] !== ours[key];
  if (!(Object.keys(ours) as (keyof Origin)[]).some(differ)) return;
  throw new RecordError(
    `--out: ${path} has figures of ${describe(theirs)}, and this is ${describe(ours)}; another file is right`,
  );
}

const describe = ({ bench, processor, cores, memoryGiB, node }: Origin): string =>
  `${bench} on ${processor}, ${cores} cores, ${memoryGiB} GiB, Node ${node}`;
