import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './errors.ts';

/** Throws UsageError, which names the option, where no file can be written at a path: before minutes of work. */
export function requireFilePlace(option: string, path: string): void {
  if (isFolder(path)) throw new UsageError(`${option}: ${path} is a folder; give a file`);
  if (!isFolder(dirname(resolve(path)))) {
    throw new UsageError(`${option}: ${dirname(path)} is no folder; make it first`);
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
