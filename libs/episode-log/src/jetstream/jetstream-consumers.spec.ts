import { jetstreamManager, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { takeOne } from '@qloom/testing/episode-log/take-one.ts';
import { describeWithEachNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { openNatsArtifacts } from '../nats/nats-artifacts.ts';
import { openEpisodeLog } from '../open-log.ts';
import type { EpisodeLog } from '../port.ts';

const NOTHING = new Uint8Array(0);

describeWithEachNats('consumers of a stream', (program) => {
  let server: NatsServer;
  let connection: NatsConnection;
  let namespace: string;
  let count = 0;
  const opened: (EpisodeLog | ArtifactStore)[] = [];
  const keep = <T extends EpisodeLog | ArtifactStore>(one: T): T => {
    opened.push(one);
    return one;
  };
  const open = async (options = {}): Promise<EpisodeLog> =>
    keep(await openEpisodeLog(`${server.url}?namespace=${namespace}`, { warn: () => {}, ...options }));
  const openArtifacts = async (options = {}): Promise<ArtifactStore> =>
    keep(await openNatsArtifacts({ servers: server.url, namespace, warn: () => {}, ...options }));
  const consumersOf = async (stream: string): Promise<number> =>
    (await (await jetstreamManager(connection)).streams.info(stream)).state.consumer_count;
  const addStream = async (config: Partial<StreamConfig> & { name: string }): Promise<void> => {
    await (await jetstreamManager(connection)).streams.add({
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: 'new' as StreamConfig['discard'],
      ...config,
    });
  };
  const fill = async (log: EpisodeLog, events: number): Promise<void> => {
    for (let episode = 0; episode < events; episode++) {
      await log.append({ study: 's', episode, slot: 'propose' }, NOTHING);
    }
  };
  beforeAll(async () => {
    server = await startNatsServer({ program });
    connection = await connect({ servers: server.url });
  });
  beforeEach(() => {
    namespace = `consumers-${count++}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('are zero after 1,500 reads of artifacts, more than a stream may have consumers', async () => {
    const store = await openArtifacts({ cacheBytes: 0 });
    const hashes = [await store.put(new Uint8Array(600_000).fill(1)), await store.put(new Uint8Array(10).fill(2))];
    for (let read = 0; read < 1_500; read++) {
      expect((await store.get(hashes[read % 20 === 0 ? 0 : 1])).length).toBe(read % 20 === 0 ? 600_000 : 10);
    }
    await store.setRef('a', hashes[0]);
    await store.getRef('a');
    expect(await consumersOf(`OBJ_${namespace}-artifacts`)).toBe(0);
  });

  it('are zero after replays, and after watches that ended in any way', async () => {
    const log = await open();
    await fill(log, 3);
    for (let i = 0; i < 20; i++) expect(await log.replay('s')).toHaveLength(3);
    expect(await consumersOf(`${namespace}-v1`)).toBe(0);

    const first = async (signal: AbortSignal): Promise<void> => {
      for await (const _ of log.watch('s', { signal })) return;
    };
    for (let i = 0; i < 20; i++) await first(new AbortController().signal);
    expect(await consumersOf(`${namespace}-v1`)).toBe(0);

    for (let i = 0; i < 20; i++) {
      const stop = new AbortController();
      for await (const event of log.watch('s', { signal: stop.signal })) {
        expect(await consumersOf(`${namespace}-v1`)).toBe(1);
        if (event.key.episode === 2) stop.abort();
      }
    }
    expect(await consumersOf(`${namespace}-v1`)).toBe(0);
  });

  it('are zero after the log was closed with watches that are not read any more', async () => {
    const log = await open();
    await fill(log, 3);
    const watches = Array.from({ length: 5 }, () =>
      log.watch('s', { signal: new AbortController().signal })[Symbol.asyncIterator](),
    );
    for (const watch of watches) expect((await watch.next()).value.key.episode).toBe(0);
    expect(await consumersOf(`${namespace}-v1`)).toBe(5);
    // The server deletes those of a killed process after 30 s.
    const standing = await (await jetstreamManager(connection)).consumers.list(`${namespace}-v1`).next();
    expect(standing.map(({ config }) => config.inactive_threshold)).toEqual(Array(5).fill(30e9));
    await log.close();
    expect(await consumersOf(`${namespace}-v1`)).toBe(0);
  });

  it('are back to one watch’s after its consumer was deleted', async () => {
    const log = await open();
    await fill(log, 1);
    const watch = log.watch('s', { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await watch.next();
    const manager = await jetstreamManager(connection);
    for (let round = 1; round <= 3; round++) {
      for (const { name } of await manager.consumers.list(`${namespace}-v1`).next()) {
        await manager.consumers.delete(`${namespace}-v1`, name);
      }
      await log.append({ study: 's', episode: round, slot: 'propose' }, NOTHING);
      expect((await watch.next()).value.key.episode).toBe(round);
    }
    expect(await consumersOf(`${namespace}-v1`)).toBe(1);
    await watch.return?.();
    expect(await consumersOf(`${namespace}-v1`)).toBe(0);
  });

  it('reads artifacts of a stream that has no room for a consumer', async () => {
    const bucket = `${namespace}-artifacts`;
    await addStream({
      name: `OBJ_${bucket}`,
      subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
      allow_rollup_hdrs: true,
      max_consumers: 1,
    });
    const manager = await jetstreamManager(connection);
    await manager.consumers.add(`OBJ_${bucket}`, { durable_name: 'full', ack_policy: 'explicit' as never });
    const store = await openArtifacts();
    const hash = await store.put(new Uint8Array(300_000).fill(3));
    const other = await openArtifacts();
    expect(await other.get(hash)).toHaveLength(300_000);
  });

  it('report that the log is unavailable when the limit is reached, and reading continues afterwards', async () => {
    await addStream({ name: `${namespace}-v1`, subjects: [`${namespace}.v1.>`], max_consumers: 1 });
    const warnings = createSignalBoard<string>();
    const log = await open({ unavailableAfterMs: 300, warn: warnings.post });
    await fill(log, 2);
    expect((await takeOne(log, 'fit', 'propose')).event.key.episode).toBe(0);

    const replaying = log.replay('s');
    await expect(replaying).rejects.toMatchObject({ name: 'LogUnavailableError' });
    await expect(replaying).rejects.toThrow(/maximum consumers limit reached \(NATS error 10026\)/);
    const stop = new AbortController();
    const watch = log.watch('s', { signal: stop.signal })[Symbol.asyncIterator]();
    const seen = watch.next();
    await warnings.find((warning) => warning.startsWith('reading study s: maximum consumers limit reached'));
    await (await jetstreamManager(connection)).consumers.delete(`${namespace}-v1`, 'fit');
    expect((await seen).value.key.episode).toBe(0);
    stop.abort();
    await watch.return?.();
    expect(await log.replay('s')).toHaveLength(2);
  });

  it('are waited for by a consumption when the limit is reached', async () => {
    await addStream({ name: `${namespace}-v1`, subjects: [`${namespace}.v1.>`], max_consumers: 1 });
    const warnings = createSignalBoard<string>();
    const log = await open({ unavailableAfterMs: 100, warn: warnings.post });
    await fill(log, 1);
    await takeOne(log, 'fit', 'propose');
    const taken = takeOne(log, 'assess', 'propose');
    await warnings.find((warning) =>
      /^consumer assess: .*maximum consumers limit reached.*trying again$/.test(warning),
    );
    await (await jetstreamManager(connection)).consumers.delete(`${namespace}-v1`, 'fit');
    expect((await taken).event.key.episode).toBe(0);
  });

  it('do not block when the stream is full: an append is unavailable, and works when there is room', async () => {
    await addStream({ name: `${namespace}-v1`, subjects: [`${namespace}.v1.>`], max_bytes: 2_000 });
    const log = await open({ unavailableAfterMs: 200 });
    await log.append({ study: 'old', slot: 'create' }, new Uint8Array(1_500));
    const appending = log.append({ study: 's', slot: 'create' }, new Uint8Array(1_500));
    await expect(appending).rejects.toMatchObject({ name: 'LogUnavailableError' });
    await expect(appending).rejects.toThrow(/maximum bytes exceeded/);
    await (await jetstreamManager(connection)).streams.purge(`${namespace}-v1`);
    expect((await log.append({ study: 's', slot: 'create' }, new Uint8Array(1_500))).status).toBe('appended');
  });
});

describeWithEachNats('a server without room', (program) => {
  it('makes a put unavailable, and leaves stored artifacts readable', async () => {
    // 1 MB of file storage in all: further writes are refused.
    const server = await startNatsServer({ program, settings: 'jetstream { max_file_store: 1MB }' });
    const store = await openNatsArtifacts({
      servers: server.url,
      unavailableAfterMs: 200,
      warn: () => {},
      cacheBytes: 0,
    });
    try {
      const hash = await store.put(new Uint8Array(100_000));
      await expect(store.put(new Uint8Array(3_000_000))).rejects.toMatchObject({ name: 'LogUnavailableError' });
      expect(await store.get(hash)).toHaveLength(100_000);
    } finally {
      await store.close();
      await server.stop();
    }
  });
});
