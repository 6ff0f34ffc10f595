import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own. Its path is short: a unix socket in it must stay below 104 bytes. */
export interface TempFolder {
  readonly path: string;
  /** Path of something inside. */
  file(name: string): string;
  /** `unix:` target of a socket inside. */
  socket(name: string): string;
  remove(): Promise<void>;
}

/** Creates a folder; remove it in `afterEach`. */
export async function createTempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), 'qloom-'));
  return {
    path,
    file: (name) => join(path, name),
    socket: (name) => `unix:${join(path, `${name}.sock`)}`,
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
