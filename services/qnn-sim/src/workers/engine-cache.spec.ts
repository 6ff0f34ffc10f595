import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileCache } from './engine-cache.ts';

describe('createFileCache', () => {
  const selection = { selected: 'wasm', reason: 'the fastest', measurements: [{ name: 'wasm', stepMs: 1 }] };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps a choice across processes, by its key', async () => {
    const path = join(folder, 'engines.json');
    await createFileCache(path).set('a', selection);
    await createFileCache(path).set('b', { ...selection, selected: 'reference' });
    expect(await createFileCache(path).get('a')).toEqual(selection);
    expect(await createFileCache(path).get('c')).toBeUndefined();
  });

  it('is empty if the file is damaged, and repairs it', async () => {
    const path = join(folder, 'engines.json');
    await writeFile(path, '{');
    expect(await createFileCache(path).get('a')).toBeUndefined();
    await createFileCache(path).set('a', selection);
    expect(Object.values(JSON.parse(await readFile(path, 'utf8')))).toEqual([selection]);
  });

  it('does not fail if the file cannot be written', async () => {
    await createFileCache(join(folder, 'missing', 'engines.json')).set('a', selection);
    expect(await createFileCache(join(folder, 'missing', 'engines.json')).get('a')).toBeUndefined();
  });
});
