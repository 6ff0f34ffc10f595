import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command/errors.ts';
import { type RunFolder, runFolderAt } from './run-folder.ts';

/**
 * The run folder that a user means: a path of one, or the name of a study under `out`. Throws `UsageError`, with the
 * studies there are, when it is neither.
 */
export function findRun(given: string, out = 'qloom-runs'): RunFolder {
  for (const path of [given, join(out, given)]) {
    if (existsSync(join(path, 'study.json'))) return runFolderAt(path);
  }
  const known = listRuns(out);
  const there = known.length === 0 ? `${out} holds no study` : `${out} holds ${known.join(', ')}`;
  throw new UsageError(`${given} is no run folder and no study; ${there}`);
}

/** The run folder that was written to last. Throws `UsageError` when there is none. */
export function latestRun(out = 'qloom-runs'): RunFolder {
  const newest = listRuns(out)
    .map((name) => ({ name, time: statSync(join(out, name, 'study.json')).mtimeMs }))
    .sort((a, b) => b.time - a.time)[0];
  if (newest === undefined) throw new UsageError(`${out} holds no study; name a run folder, or run one first`);
  return runFolderAt(join(out, newest.name));
}

/** Names of the studies under `out`, sorted. */
export function listRuns(out: string): string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .filter((name) => existsSync(join(out, name, 'study.json')))
    .sort();
}
