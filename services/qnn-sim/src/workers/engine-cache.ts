import { readFile, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Selection, SelectionCache } from '@qloom/qnn/engine/select-engine.ts';

/**
 * Keeps the choice of an engine in a JSON file, for this version of Node and this processor. A file that cannot be read or
 * written costs a measurement, never an error.
 */
export function createFileCache(path: string): SelectionCache {
  const machine = `${process.version} ${cpus()[0]?.model ?? process.arch}`;
  const read = async (): Promise<Record<string, Selection>> => {
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Record<string, Selection>;
    } catch {
      return {};
    }
  };
  return {
    get: async (key) => (await read())[`${machine} ${key}`],
    async set(key, selection) {
      const text = JSON.stringify({ ...(await read()), [`${machine} ${key}`]: selection }, null, 2);
      const unfinished = `${path}.${process.pid}`;
      await writeFile(unfinished, text)
        .then(() => rename(unfinished, path))
        .catch(() => {});
    },
  };
}
