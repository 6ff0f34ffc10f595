import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describeArtifactStoreContract } from '@qloom/testing/artifact-store-contract.ts';
import { describeWithEachNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { openArtifactStore } from '../open-log.ts';

describe('folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-artifacts-'));
  const open = () => openArtifactStore(pathToFileURL(folder).href);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describeArtifactStoreContract('folder', { open });

  it('refuses content that was changed by other programs, and repairs a truncated file on the next put', async () => {
    const store = await open();
    const bytes = new Uint8Array(Buffer.from('content'));
    const hash = await store.put(bytes);
    const path = join(folder, 'sha256', hash.slice(0, 2), hash.slice(2));
    writeFileSync(path, 'CONTENT');
    await expect(store.get(hash)).rejects.toMatchObject({ name: 'ArtifactCorruptError' });
    writeFileSync(path, 'cont');
    await store.put(bytes);
    expect(readFileSync(path, 'utf8')).toBe('content');
  });

  it('leaves nothing behind in its incoming folder', async () => {
    const store = await open();
    await store.put(new Uint8Array(10));
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('reports why a folder cannot be used', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(openArtifactStore(pathToFileURL(file).href)).rejects.toThrow(/cannot use .*a-file for artifacts/);
  });
});

describeWithEachNats('NATS object store', (program) => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer({ program });
  });
  afterAll(() => server.stop());
  const open = () => openArtifactStore(server.url, { warn: () => {} });

  describeArtifactStoreContract('NATS object store', { open });

  it('stores racing puts of one content once', async () => {
    const stores = await Promise.all([open(), open(), open(), open()]);
    const before = await countChunks();
    await Promise.all(stores.map((store) => store.put(new Uint8Array(1_000_000).fill(7))));
    expect((await countChunks()) - before).toBe(4 + 1); // ⌈1,000,000 / 262,144⌉ chunks and one description
    await Promise.all(stores.map((store) => store.close()));
  });

  it('reads what it stored after its server was killed', async () => {
    const store = await open();
    const hash = await store.put(new Uint8Array(300_000).fill(1));
    await server.restart();
    expect(await store.get(hash)).toHaveLength(300_000);
    await store.close();
  });

  async function countChunks(): Promise<number> {
    const connection = await connect({ servers: server.url });
    const { state } = await (await jetstreamManager(connection)).streams.info('OBJ_qloom-artifacts');
    await connection.close();
    return state.messages;
  }
});
