import { readFile, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Selection, SelectionCache } from '@qloom/qnn/engine/select-engine.ts';

/**
 * Caches the choice of an engine in a JSON file, for this version of Node and this processor. If the file cannot be
 * read or written, the engines are measured; it is not an error.
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
