import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CommandError } from '../command/errors.ts';
import { FileError, systemReason } from '../command/system-error.ts';

/**
 * Makes a folder and those above it that are missing. Throws {@link FileError}. Node's own recursive mkdir says ENOENT on a
 * read-only file system, and never ends below /proc.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(folder)) throw new FileError(folder, 'made', error);
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Makes a new folder for temporary files, whose name begins with `prefix`. Throws CommandError, which names TMPDIR. */
export function makeTemporaryFolder(prefix: string, base = tmpdir()): string {
  try {
    return mkdtempSync(join(base, prefix));
  } catch (error) {
    throw new CommandError(
      `${base}: no folder for temporary files can be made there: ${systemReason(error)}; set TMPDIR to a folder that can be written`,
      { cause: error },
    );
  }
}

/**
 * Writes a file under another name first, then renames it: a reader never sees a partial file. `mode`: its permissions, less
 * the umask. Throws
 * {@link FileError}.
 */
export function writeWhole(path: string, content: string | Uint8Array, mode = 0o666): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // A file that could not be written may not be removable either.
    }
    throw new FileError(path, 'written', error);
  }
}
