import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { createLogger } from '../logger.ts';
import { COMMON_CONFIG } from './common-config.ts';
import { loadConfig } from './config.ts';
import { openStorage } from './open-storage.ts';

const open = (env: Record<string, string>) => {
  const { log, lines } = createMemoryLog();
  return { lines, opening: openStorage(loadConfig(COMMON_CONFIG, env), log) };
};

describe('the storage of a service', () => {
  it('is none without QLOOM_LOG', async () => {
    expect(await open({ QLOOM_ARTIFACTS: 'file:///x' }).opening).toBeUndefined();
  });

  it.each([
    [{ QLOOM_LOG: 'sqlite:x.db' }, 'QLOOM_ARTIFACTS: not set; it is needed where QLOOM_LOG is set'],
    [{ QLOOM_LOG: 'kafka://u:secret@h', QLOOM_ARTIFACTS: 'file:///x' }, 'QLOOM_LOG: log: kafka://***@h is none of'],
  ])('names the variable that is wrong: %#', async (env, message) => {
    const { opening } = open(env);
    await expect(opening).rejects.toMatchObject({ name: 'ConfigError' });
    await expect(opening).rejects.toThrow(message);
  });

  it('closes the log again where the artifacts cannot be opened', async () => {
    const folder = await createTempFolder();
    const { opening } = open({ QLOOM_LOG: `sqlite://${folder.file('log.db')}`, QLOOM_ARTIFACTS: 's3://bucket' });
    await expect(opening).rejects.toThrow('QLOOM_ARTIFACTS: artifacts: "s3://bucket" is none of');
    await folder.remove();
  });
});

describeWithNats('the storage of a service in NATS', () => {
  it('is opened with the credentials of its variables', async () => {
    const server = await startNatsServer({ arguments: ['--user', 'ada', '--pass', 'right'] });
    const env = { QLOOM_LOG: server.url, QLOOM_ARTIFACTS: server.url, QLOOM_NATS_USER: 'ada' };
    try {
      const storage = await open({ ...env, QLOOM_NATS_PASSWORD: 'right' }).opening;
      expect(await storage?.episodeLog.studies()).toEqual([]);
      expect(await storage?.artifacts.put(new Uint8Array(3))).toHaveLength(64);
      await storage?.close();
      const { opening, lines } = open({ ...env, QLOOM_NATS_PASSWORD: 'wrong' });
      await expect(opening).rejects.toThrow(/^the NATS server at nats:\/\/127\.0\.0\.1:\d+ refuses our credentials/);
      expect(JSON.stringify(lines)).not.toMatch(/right|wrong/);
    } finally {
      await server.stop();
    }
  });

  it('logs at once that no server answers, and opens when one does', async () => {
    const server = await startNatsServer();
    await server.kill();
    const { opening, lines } = open({ QLOOM_LOG: server.url, QLOOM_ARTIFACTS: server.url });
    while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(lines[0]).toMatchObject({
      level: 'warn',
      message: expect.stringMatching(
        /^no NATS server answers at nats:\/\/127\.0\.0\.1:\d+: connection refused; trying for/,
      ),
    });
    await server.restart();
    await (await opening)?.close();
    await server.stop();
  });
});

describe('a log line', () => {
  it('holds no user and password of a URL, wherever they come from', () => {
    const lines: string[] = [];
    const log = createLogger({ write: (line) => lines.push(line) });
    const cause = new Error('getaddrinfo http://ada:secret@otlp:4318');
    log.error('cannot reach "nats://ada:secret@h:1"', { error: new Error('x', { cause }), endpoint: 'tls://secret@h' });
    expect(lines.join()).not.toMatch(/secret/);
    expect(JSON.parse(lines[0])).toMatchObject({ message: 'cannot reach "nats://***@h:1"', endpoint: 'tls://***@h' });
  });
});
