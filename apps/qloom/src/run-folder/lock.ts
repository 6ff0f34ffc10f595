import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommandError } from '../command/errors.ts';

/** Thrown when another process works in the same run folder. */
export class FolderLockedError extends CommandError {
  override readonly name: string = 'FolderLockedError';
}

/** A lock that is held. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a run folder for this process. The lock is SQLite's exclusive file lock, which the operating system takes away
 * with its process, however that ends: nothing stale can stay behind. Throws {@link FolderLockedError}.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const holderPath = join(folder, '.lock-holder');
  const database = new DatabaseSync(join(folder, '.lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;');
  } catch (error) {
    database.close();
    throw new FolderLockedError(
      `${folder} is in use by another qloom (process ${holderOf(holderPath)}): wait for it, stop it, or give another --out`,
      { cause: error },
    );
  }
  writeFileSync(holderPath, `${process.pid}\n`);
  let held = true;
  return {
    release() {
      if (held) database.close();
      held = false;
    },
  };
}

function holderOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
