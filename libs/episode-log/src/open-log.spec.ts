import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isOlder } from './nats/nats-connection.ts';
import { openArtifactStore, openEpisodeLog } from './open-log.ts';

describe('openEpisodeLog', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-open-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['an absolute path', (path: string) => `sqlite://${path}`],
    ['a relative path', (path: string) => `sqlite:${relative(process.cwd(), path)}`],
    ['parameters', (path: string) => `sqlite://${path}?lease=5s&synchronous=full`],
  ])('opens SQLite by %s, making folders', async (name, toUrl) => {
    const path = join(folder, name, 'log.db');
    await (await openEpisodeLog(toUrl(path).replaceAll(' ', '%20'))).close();
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ['', /log: "" is none of sqlite:\/\/\/absolute/],
    ['/var/log.db', /is none of sqlite/],
    ['postgres://host/db', /log: postgres:\/\/host\/db is none of sqlite/],
    ['redis://user:secret@host', /redis:\/\/\*\*\*@host is none/],
    ['sqlite:', /names no file/],
    ['sqlite://relative/log.db', /names no file/],
    ['sqlite:log.db?lease=5', /lease=5 is not a duration such as 5s or 500ms/],
    ['sqlite:log.db?lease=5ms', /leaseMs: 5 is not a number of at least 100/],
    ['sqlite:log.db?synchronous=off', /synchronous=off is neither normal nor full/],
    ['sqlite:log.db?replicas=3', /can have lease, synchronous, not "replicas"/],
    ['nats://host?replicas=2', /replicas=2 is not 1, 3 or 5/],
    ['nats://host?namespace=a.b', /namespace: "a\.b" is not 1 to 32 of/],
    ['nats://ho st', /is not nats:\/\//],
    ['nats://user:secret@', /is not nats:\/\//],
    ['nats://user:se@cret/x@host', /nats:\/\/\*\*\*@host has no user:password or token before its "@"/],
    ['nats://user:secret%zz@host', /has a "%" before its "@"/],
    ['nats://user:1,secret@host', /gives its hosts different credentials/],
    ['user:secret@host', /log: \*\*\*@host is none of/],
    ['nats://user:sec?ret@host?lease=x', /lease=x is not a duration/],
    ['nats://user:secret@host?user=x', /can have lease, namespace, replicas, not "user"/],
  ])('refuses %j with a message that states what would be right', async (url, message) => {
    const opening = openEpisodeLog(url);
    await expect(opening).rejects.toMatchObject({ name: 'InvalidUrlError' });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(/secret|ret@/);
  });
});

describe('openArtifactStore', () => {
  it.each([
    ['sqlite:x.db', /artifacts: sqlite:x\.db is none of file:\/\/\/absolute\/folder/],
    ['file:relative', /names no folder/],
    ['file:///x?lease=1s', /takes no parameters, not "lease"/],
  ])('refuses %j', async (url, message) => {
    await expect(openArtifactStore(url)).rejects.toThrow(message);
  });
});

describe('isOlder', () => {
  it.each([
    ['2.9.10', true],
    ['2.10.29', true],
    ['2.11.0', false],
    ['2.12.1-beta.3', false],
    ['3.0', false],
  ])('tells that %s below 2.11 is %s', (version, older) => {
    expect(isOlder(version, [2, 11, 0])).toBe(older);
  });
});
