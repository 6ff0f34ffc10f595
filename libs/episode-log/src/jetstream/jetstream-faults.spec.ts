import { DiscardPolicy, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { takeOne } from '@qloom/testing/episode-log/take-one.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { openEpisodeLog } from '../open-log.ts';
import type { EpisodeLog, LogEvent } from '../port.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describeWithNats('faults of the JetStream log', () => {
  let server: NatsServer;
  let namespace: string;
  let count = 0;
  const logs: EpisodeLog[] = [];
  const open = async (query = '', options = {}): Promise<EpisodeLog> => {
    const log = await openEpisodeLog(`${server.url}?namespace=${namespace}${query}`, { warn: () => {}, ...options });
    logs.push(log);
    return log;
  };
  const withManager = async <T>(
    work: (m: Awaited<ReturnType<typeof jetstreamManager>>, c: Awaited<ReturnType<typeof connect>>) => Promise<T>,
  ): Promise<T> => {
    const connection = await connect({ servers: server.url });
    try {
      return await work(await jetstreamManager(connection), connection);
    } finally {
      await connection.close();
    }
  };
  beforeAll(async () => {
    server = await startNatsServer();
  });
  beforeEach(() => {
    namespace = `faults-${count++}`;
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });
  afterAll(() => server.stop());

  it('keeps every answered append over kill -9 of the server, and continues to consume and watch without a gap', async () => {
    const log = await open('&lease=1s');
    const stop = new AbortController();
    const handled = new Set<number>();
    const total = 90;
    const options = { consumer: 'fit', slot: 'propose', maxInFlight: 3, signal: stop.signal };
    const consuming = log.consume(options, async ({ event }) => {
      handled.add(event.key.episode ?? -1);
      if (handled.size === total) stop.abort();
    });
    const watched: LogEvent[] = [];
    const watching = (async () => {
      for await (const event of log.watch('s', { signal: new AbortController().signal })) {
        watched.push(event);
        if (watched.length === total) return;
      }
    })();
    for (let episode = 0; episode < total; episode++) {
      // Twice the server dies under a publish, whose answer is lost or never comes.
      const dying = episode % 30 === 29 ? server.restart() : undefined;
      const { status } = await log.append({ study: 's', episode, slot: 'propose' }, bytes(`${episode}`));
      expect(status).toBe('appended');
      await dying;
    }
    await Promise.all([consuming, watching]);
    expect(watched.map(({ key }) => key.episode)).toEqual(Array.from({ length: total }, (_, i) => i));
    expect(watched).toEqual(await log.replay('s'));
    expect(handled.size).toBe(total);
  });

  it('does not trust the success that a server answers for a reused message id with other content', async () => {
    const log = await open();
    await withManager(async (_, connection) => {
      const subject = `${namespace}.v1.st.s.create`;
      const client = jetstream(connection);
      // The server's behaviour itself: same id, other content, other subject, "success".
      await client.publish(subject, bytes('stands'), { msgID: 'same' });
      const trapped = await client.publish(`${namespace}.v1.st.s.cancel`, bytes('lost'), { msgID: 'same' });
      expect(trapped.duplicate).toBe(true);
    });
    const result = await log.append({ study: 's', slot: 'create' }, bytes('mine'));
    expect(result.status).toBe('exists');
    expect(Buffer.from(result.event.payload).toString()).toBe('stands');
    expect((await log.append({ study: 's', slot: 'cancel' }, bytes('mine'))).status).toBe('appended');
  });

  it('creates its durable consumer again when it was deleted', async () => {
    const log = await open('&lease=1s');
    const stop = new AbortController();
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const options = { consumer: 'fit', slot: 'create', maxInFlight: 2, signal: stop.signal };
    const consuming = log.consume(options, async ({ event }) => {
      seen.push(event.key.study);
      first.resolve();
      if (event.key.study === 'b') stop.abort();
    });
    await log.append({ study: 'a', slot: 'create' }, bytes(''));
    await first.promise;
    await withManager((manager) => manager.consumers.delete(`${namespace}-v1`, 'fit'));
    await log.append({ study: 'b', slot: 'create' }, bytes(''));
    await consuming;
    // Events that the lost consumer had acknowledged may be delivered again: delivery is at least once.
    expect(new Set(seen)).toEqual(new Set(['a', 'b']));
  });

  it('adjusts the lease of a durable consumer that another configuration made', async () => {
    const [slow, fast] = [await open('&lease=60s'), await open('&lease=500ms')];
    await slow.append({ study: 'a', slot: 'create' }, bytes(''));
    await takeOne(slow, 'worker', 'create');
    await slow.append({ study: 'b', slot: 'create' }, bytes(''));
    expect((await takeOne(fast, 'worker', 'create')).event.key.study).toBe('b');
    const { config } = await withManager((manager) => manager.consumers.info(`${namespace}-v1`, 'worker'));
    expect(config).toMatchObject({ ack_wait: 500_000_000, max_deliver: -1, ack_policy: 'explicit' });
  });

  it('creates a stream that keeps everything, and refuses one that would not', async () => {
    await open();
    const { config } = await withManager((manager) => manager.streams.info(`${namespace}-v1`));
    expect(config).toMatchObject({ retention: 'limits', discard: 'new', max_age: 0, max_msgs: -1, storage: 'file' });
    namespace = `faults-${count++}`;
    await withManager((manager) =>
      manager.streams.add({
        name: `${namespace}-v1`,
        subjects: [`${namespace}.v1.>`],
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
      }),
    );
    await expect(open()).rejects.toThrow(new RegExp(`stream ${namespace}-v1: discard is old, must be new`));
  });

  it('shows headers of another writer but not the server’s own', async () => {
    const log = await open();
    await withManager(async (_, connection) => {
      const hdrs = headers();
      hdrs.set('traceparent', 'x');
      await jetstream(connection).publish(`${namespace}.v1.st.s.create`, bytes(''), { headers: hdrs, msgID: 'm' });
    });
    expect((await log.read({ study: 's', slot: 'create' }))?.headers).toEqual({ traceparent: 'x' });
    expect((await log.replay('s'))[0].headers).toEqual({ traceparent: 'x' });
  });

  it('warns of a server version that is supported for tests only', async () => {
    const warnings: string[] = [];
    await open('', { warn: (message: string) => warnings.push(message) });
    const isOld = /^2\.(\d|10)\./.test(server.version);
    expect(warnings.filter((warning) => warning.includes('serves for tests only'))).toHaveLength(isOld ? 1 : 0);
  });

  it('throws LogUnavailableError that names the server when none answers', async () => {
    const opening = openEpisodeLog('nats://user:secret@127.0.0.1:1', { unavailableAfterMs: 0 });
    await expect(opening).rejects.toMatchObject({ name: 'LogUnavailableError' });
    await expect(opening).rejects.toThrow(/^no NATS server answers at nats:\/\/127\.0\.0\.1:1: connection refused$/);
  });

  it('throws LogUnavailableError while the server is down, and works again when it is back', async () => {
    const log = await open('', { unavailableAfterMs: 200 });
    await server.kill();
    await expect(log.append({ study: 's', slot: 'create' }, bytes(''))).rejects.toMatchObject({
      name: 'LogUnavailableError',
    });
    await server.restart();
    const patient = await open();
    // The refused append may have reached the server after all: either way the slot has one event.
    await patient.append({ study: 's', slot: 'create' }, bytes(''));
    expect(await patient.replay('s')).toHaveLength(1);
  });

  it('closes without waiting for a server that is down', async () => {
    const log = await open();
    const { signal } = new AbortController();
    const running = Promise.withResolvers<void>();
    const consuming = log.consume({ consumer: 'c', slot: 'create', maxInFlight: 2, signal }, async () => {
      running.resolve();
    });
    await log.append({ study: 's', slot: 'create' }, bytes(''));
    await running.promise;
    await server.kill();
    const closing = performance.now();
    await Promise.all([log.close(), consuming]);
    expect(performance.now() - closing).toBeLessThan(30_000); // how long it waits for the server to return
    await server.restart();
  });

  it('names the credentials when the server refuses them, and never prints them', async () => {
    const guarded = await startNatsServer({ arguments: ['--user', 'ada', '--pass', 'right'] });
    try {
      const opening = openEpisodeLog(guarded.url.replace('//', '//ada:wrong@'), { warn: () => {} });
      await expect(opening).rejects.toMatchObject({ name: 'LogUnusableError' });
      await expect(opening).rejects.toThrow(/nats:\/\/127\.0\.0\.1:\d+ refuses our credentials/);
      const log = await openEpisodeLog(guarded.url.replace('//', '//ada:right@'), { warn: () => {} });
      expect((await log.append({ study: 's', slot: 'create' }, bytes(''))).status).toBe('appended');
      await log.close();
    } finally {
      await guarded.stop();
    }
  });

  it('reports how to start a server without JetStream', async () => {
    const plain = await startNatsServer({ jetStream: false });
    try {
      await expect(openEpisodeLog(plain.url, { warn: () => {} })).rejects.toThrow(
        /has no JetStream.*start it with -js/,
      );
    } finally {
      await plain.stop();
    }
  });
});
