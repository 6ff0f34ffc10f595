import { type EpisodeLogError, LogCorruptError, LogUnavailableError } from './errors.ts';

/** Error numbers of file systems that are unrelated to stored data, with a remedy for each. */
const OF_FILES: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full: free some space'],
  ['EDQUOT', 'the quota of the disk is used up: free some space'],
  ['EROFS', 'the file system is read-only: make it writable'],
  ['EACCES', 'this process may not: give it the right'],
  ['EPERM', 'this process may not: give it the right'],
  ['EIO', 'the disk fails'],
  ['EMFILE', 'too many files are open in this process'],
  ['ENFILE', 'too many files are open on this machine'],
  ['ENOENT', 'a folder of it is gone: put it back'],
  ['ENOTDIR', 'a folder of it is gone: put it back'],
  ['ESTALE', 'the network file system lost it'],
  ['ETIMEDOUT', 'the network file system does not answer'],
  ['EBUSY', 'another program holds it'],
]);

/**
 * What a file system's error means for a store: `LogUnavailableError`, with the failed operation (`cannot write …`) and
 * a remedy, or undefined if it is no error of a file system.
 */
export function fileFault(error: unknown, wanted: string): LogUnavailableError | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  const advice = typeof code === 'string' ? OF_FILES.get(code) : undefined;
  return advice === undefined ? undefined : new LogUnavailableError(`${wanted}: ${advice} (${code})`, { cause: error });
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) that are temporary, with a remedy for each. */
const OF_SQLITE: ReadonlyMap<number, string> = new Map([
  [7, 'there is no memory left'],
  [8, 'it is read-only: make the file, its folder and its file system writable'],
  [10, 'the disk fails, or is full'],
  [13, 'the disk is full: free some space'],
  [14, 'it cannot be opened: its folder is gone, or this process may not'],
]);

/**
 * What an error of SQLite means for the log in `path`: `LogUnavailableError` for a temporary fault, `LogCorruptError`
 * for a damaged file, undefined for anything else. A lock is no fault: see `isLocked`.
 */
export function sqliteFault(error: unknown, path: string): EpisodeLogError | undefined {
  const { errcode, message } = (error ?? {}) as { errcode?: unknown; message?: string };
  if (typeof errcode !== 'number') return undefined;
  const primary = errcode & 0xff;
  if (primary === 11 || primary === 26) return corrupt(path, message ?? '', error);
  const advice = OF_SQLITE.get(primary);
  if (advice === undefined) return undefined;
  return new LogUnavailableError(`the log ${path}: ${advice} (SQLite error ${errcode}: ${message})`, { cause: error });
}

/** The error for a damaged file, with a remedy. */
export function corrupt(path: string, what: string, cause?: unknown): LogCorruptError {
  return new LogCorruptError(
    `the log ${path} is damaged (${what}): put back a copy of it from before, with its -wal file, or try ` +
      `"sqlite3 ${path} .recover" into a new file; otherwise move it away and start anew`,
    { cause },
  );
}
