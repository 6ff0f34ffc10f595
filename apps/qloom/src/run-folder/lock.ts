import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../command/errors.ts';
import { FileError } from '../command/system-error.ts';
import { makeFolder, writeWhole } from './write-file.ts';

/** Thrown when another process works in the same run folder. */
class FolderLockedError extends CommandError {
  override readonly name: string = 'FolderLockedError';
}

/** A lock that is held. */
export interface FolderLock {
  release(): void;
}

/** SQLITE_BUSY: another process holds the lock. */
const BUSY = 5;

/**
 * Locks a run folder for this process; the folder is created if it is missing. The lock is SQLite's exclusive file
 * lock, which the operating system releases with its process, however that ends: it is never stale. Throws
 * {@link FolderLockedError}, and {@link FileError} where the folder cannot be made or written.
 */
export function lockFolder(folder: string): FolderLock {
  makeFolder(folder);
  const path = join(folder, '.lock');
  const holderPath = join(folder, '.lock-holder');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
  } catch (error) {
    database?.close();
    if ((error as { errcode?: unknown }).errcode !== BUSY)
      throw new FileError(path, 'written', whyNot(folder) ?? error);
    throw new FolderLockedError(
      `${folder} is in use by another qloom (process ${holderOf(holderPath)}): wait for it, stop it, or give another --out`,
      { cause: error },
    );
  }
  const close = () => database.close();
  try {
    writeWhole(holderPath, `${process.pid}\n`);
  } catch (error) {
    close();
    throw error;
  }
  let held = true;
  return {
    release() {
      if (held) close();
      held = false;
    },
  };
}

/**
 * Why the operating system refuses to write a folder, which SQLite does not report; undefined where it can be written.
 */
function whyNot(folder: string): unknown {
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}

function holderOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
