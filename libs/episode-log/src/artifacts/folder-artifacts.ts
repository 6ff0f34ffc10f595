import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArtifactCorruptError, ArtifactMissingError, LogUnusableError } from '../errors.ts';
import { fileFault } from '../storage-fault.ts';
import { type ArtifactStore, assertHash, assertRefName, hashOf } from './artifact-store.ts';

/**
 * Artifacts in a folder that several processes may share, network file systems included: `sha256/ab/cdef…` for content
 * and `refs/<name>` for references. Every file is written to a temporary name, flushed and renamed, so no reader ever
 * sees a partial file. Throws `LogUnusableError` when the folder cannot be created. While the disk is full or
 * read-only, or the folder is missing, calls throw `LogUnavailableError`; no artifact counts as missing or lost.
 */
export async function openFolderArtifacts(folder: string): Promise<ArtifactStore> {
  const root = resolve(folder);
  const incoming = join(root, 'incoming');
  const contents = join(root, 'sha256');
  try {
    for (const part of ['incoming', 'sha256', 'refs']) await mkdir(join(root, part), { recursive: true });
  } catch (error) {
    throw new LogUnusableError(`cannot use ${root} for artifacts: ${(error as Error).message}`, { cause: error });
  }
  // Two levels: a folder with a hundred thousand files is slow to list.
  const pathOf = (hash: string) => join(contents, hash.slice(0, 2), hash.slice(2));
  const refPathOf = (name: string) => join(root, 'refs', `${name}.ref`);

  /** Converts errors of the file system to `LogUnavailableError`. */
  const using = async <T>(wanted: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileFault(error, `cannot ${wanted} in ${root}`) ?? error;
    }
  };
  /**
   * The result of `work`, or undefined for a missing file. If the store itself is missing, that is
   * `LogUnavailableError` instead.
   */
  const find = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const found = await unlessMissing(work());
    if (found === undefined) await stat(contents);
    return found;
  };
  const replace = async (path: string, bytes: Uint8Array): Promise<void> => {
    const temporary = join(incoming, randomUUID());
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      // Most folders are there.
      if (!(await isThere(rename(temporary, path)))) {
        await makeFolder(dirname(path));
        await rename(temporary, path);
      }
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined); // fails on a read-only disk
      throw error;
    }
  };

  /**
   * Creates a subfolder of one of the store's folders. Those themselves are created only when the store is opened: if
   * one is missing later, the storage is unmounted, and a new folder would hide it when it is mounted again.
   */
  const makeFolder = async (folder: string): Promise<void> => {
    if ([join(root, 'sha256'), join(root, 'refs')].includes(folder)) return;
    await makeFolder(dirname(folder));
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  };

  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      const path = pathOf(hash);
      // The right size under the right name: written completely, because of the rename. `get` verifies the content.
      return using(`write artifact ${hash}`, async () => {
        // Where the store itself is missing, the write says so.
        const standing = await unlessMissing(stat(path));
        if (standing?.size !== bytes.length) await replace(path, bytes);
        return hash;
      });
    },
    async get(hash) {
      assertHash(hash);
      const bytes = await using(`read artifact ${hash}`, () => find(() => readFile(pathOf(hash))));
      if (!bytes) throw new ArtifactMissingError(`artifact ${hash} is not in ${root}`);
      const actual = hashOf(bytes);
      if (actual !== hash) {
        throw new ArtifactCorruptError(
          `artifact ${hash} in ${root} has content of hash ${actual}: delete ${pathOf(hash)} and make it again`,
        );
      }
      return bytes;
    },
    async has(hash) {
      assertHash(hash);
      return (await using(`look for artifact ${hash}`, () => find(() => stat(pathOf(hash))))) !== undefined;
    },
    async setRef(name, hash) {
      assertRefName(name);
      assertHash(hash);
      await using(`write reference ${name}`, () => replace(refPathOf(name), Buffer.from(`${hash}\n`)));
    },
    async getRef(name) {
      assertRefName(name);
      return (await using(`read reference ${name}`, () => find(() => readFile(refPathOf(name), 'utf8'))))?.trim();
    },
    async deleteRef(name) {
      assertRefName(name);
      await using(`forget reference ${name}`, () => rm(refPathOf(name), { force: true }));
    },
    async close() {},
  };
}

/** Whether nothing was missing for `work`. */
const isThere = async (work: Promise<void>): Promise<boolean> =>
  (await unlessMissing(work.then(() => true))) !== undefined;

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
