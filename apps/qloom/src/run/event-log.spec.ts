import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { checkNats } from '../doctor/checks.ts';
import { assertStorageAnswers, parseLogOption, type StorageUrls } from './event-log.ts';

const natsAt = (url: string): StorageUrls => ({ logUrl: url, artifactsUrl: url });

describe('--log', () => {
  it.each(['sqlite', 'nats://h', 'tls://ada:p%40ss@h:1,i?replicas=3'])('takes %s', (value) => {
    expect(parseLogOption(value)).toBe(value);
  });

  it.each([
    ['kafka://x', '--log: "kafka://x" is neither sqlite nor nats://host:port'],
    ['ada:secret@h', '--log: "***@h" is neither sqlite nor nats://host:port'],
    ['nats://ada:se/secret@h', '--log: nats://***@h has no user:password or token before its "@"'],
    ['nats://h:1:2', '--log: nats://h:1:2 is not nats://[user:password@]host[:port]'],
  ])('refuses %s, and shows no password', (value, message) => {
    expect(() => parseLogOption(value)).toThrow(message);
    expect(() => parseLogOption(value)).not.toThrow(/secret/);
  });

  it('reports within a few seconds that no server answers, and its address', async () => {
    await expect(assertStorageAnswers(natsAt('nats://ada:secret@127.0.0.1:1'), {})).rejects.toThrow(
      'no NATS server answers at nats://127.0.0.1:1: connection refused; start the server, or give another --log',
    );
  });

  it('names a file of the run folder that cannot be its log, before a service is started', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'qloom-event-log-')), 'log.sqlite');
    writeFileSync(path, 'no database'.repeat(1_000));
    await expect(
      assertStorageAnswers({ logUrl: `sqlite://${path}`, artifactsUrl: 'file:///nowhere' }, {}),
    ).rejects.toThrow(`the log ${path} cannot be used: it is not an SQLite file: name another, or move it away`);
  });

  it('names wrong credentials of the environment before it looks for the server', async () => {
    const answering = assertStorageAnswers(natsAt('nats://127.0.0.1:1'), { QLOOM_NATS_USER: 'ada' });
    await expect(answering).rejects.toMatchObject({ name: 'UsageError', exitCode: 2 });
    await expect(answering).rejects.toThrow('QLOOM_NATS_USER: set without QLOOM_NATS_PASSWORD');
  });
});

describeWithNats('--log nats://', () => {
  it('takes credentials from the environment, explains how to give them, and doctor uses them too', async () => {
    const server = await startNatsServer({ arguments: ['--user', 'ada', '--pass', 'right'] });
    const env = { QLOOM_NATS_USER: 'ada', QLOOM_NATS_PASSWORD: 'right' };
    try {
      await assertStorageAnswers(natsAt(server.url), env);
      await expect(assertStorageAnswers(natsAt(server.url), {})).rejects.toThrow(
        /refuses our credentials: Authorization Violation; give them in QLOOM_NATS_USER and QLOOM_NATS_PASSWORD/,
      );
      expect(await checkNats(server.url, env)).toMatchObject({ state: 'ok' });
      expect(await checkNats(server.url.replace('//', '//ada:wrong@'), {})).toEqual({
        what: 'NATS',
        state: 'absent',
        detail: `the NATS server at ${server.url} refuses our credentials: Authorization Violation; needed for --log nats://… only`,
      });
    } finally {
      await server.stop();
    }
  });

  it('reports before a service is started that an account has room for the log, and none for the artifacts', async () => {
    const server = await startNatsServer({
      settings:
        'accounts { A { jetstream: { max_mem: 1M, max_file: 1M, max_streams: 1 }, users: [ { user: ada, password: right } ] } }',
    });
    const env = { QLOOM_NATS_USER: 'ada', QLOOM_NATS_PASSWORD: 'right' };
    try {
      await expect(assertStorageAnswers(natsAt(server.url), env)).rejects.toThrow(
        /maximum number of streams reached \(NATS error 10027\); look at the server and its limits, or give another --log$/,
      );
    } finally {
      await server.stop();
    }
  });
});
