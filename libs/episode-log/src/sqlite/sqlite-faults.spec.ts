import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { takeOne } from '@qloom/testing/episode-log/take-one.ts';
import { startChild } from '@qloom/testing/episode-log/worker.ts';
import type { EpisodeLog } from '../port.ts';
import { openSqliteLog, type SqliteLogOptions } from './sqlite-log.ts';

const CREATE = { study: 's', slot: 'create' };
const NOTHING = new Uint8Array(0);

describe('faults of the SQLite log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-sqlite-faults-'));
  const logs: EpisodeLog[] = [];
  let count = 0;
  let path: string;
  const open = async (options: Partial<SqliteLogOptions> = {}): Promise<EpisodeLog> => {
    const log = await openSqliteLog({ path, warn: () => {}, ...options });
    logs.push(log);
    return log;
  };
  beforeEach(() => {
    path = join(folder, `${count++}.db`);
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('delivers again what a killed process held without waiting for its lease', async () => {
    const log = await open();
    await log.append({ study: 's', episode: 0, slot: 'propose' }, NOTHING);
    const child = startChild('stall', `sqlite://${path}?lease=3600s`, 'c');
    await child.next();
    await child.kill();
    expect((await takeOne(log, 'c', 'propose')).attempt).toBe(2);
  });

  it('waits for a lock without blocking the event loop', async () => {
    const log = await open();
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    const appending = log.append(CREATE, NOTHING);
    let turns = 0;
    for (; turns < 20; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    other.exec('COMMIT');
    other.close();
    expect(turns).toBe(20);
    expect((await appending).status).toBe('appended');
  });

  it('throws LogUnavailableError when the lock is never released', async () => {
    const log = await open({ unavailableAfterMs: 50 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    await expect(log.append(CREATE, NOTHING)).rejects.toMatchObject({ name: 'LogUnavailableError' });
    other.close();
    expect((await log.append(CREATE, NOTHING)).status).toBe('appended');
  });

  it('continues to consume after the file was locked for longer than its time limit', async () => {
    const warned = Promise.withResolvers<string>();
    const log = await open({ unavailableAfterMs: 20, warn: warned.resolve });
    const stop = new AbortController();
    const idle = await open();
    const consuming = log.consume({ consumer: 'c', slot: 'create', maxInFlight: 1, signal: stop.signal }, async () => {
      stop.abort();
    });
    await idle.append({ study: 'other', slot: 'cancel' }, NOTHING);
    const other = new DatabaseSync(path);
    other.exec('BEGIN EXCLUSIVE');
    other
      .prepare('INSERT INTO events (study, episode, slot, payload, headers, time_ms) VALUES (?, -1, ?, ?, ?, 0)')
      .run('s', 'create', NOTHING, '{}');
    // Our own append makes the consumer read while the file is locked.
    await expect(log.append(CREATE, NOTHING)).rejects.toThrow(/stayed locked/);
    other.exec('COMMIT');
    other.close();
    await consuming;
  });

  it('keeps events, order and outstanding deliveries over a reopening', async () => {
    const log = await open();
    const { event } = await log.append({ study: 's', episode: 0, slot: 'propose' }, NOTHING);
    const stop = new AbortController();
    await log.consume({ consumer: 'c', slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
      await delivery.nak();
      stop.abort();
    });
    await log.close();
    const again = await open();
    expect(await again.replay('s')).toEqual([event]);
    expect((await takeOne(again, 'c', 'propose')).attempt).toBe(2);
  });

  it('refuses a file that is no SQLite file, and one of a later schema', async () => {
    writeFileSync(path, 'episode,reward\n0,0.5\n'.repeat(100));
    await expect(open()).rejects.toThrow(/is not an SQLite file/);
    path = join(folder, 'later.db');
    const later = new DatabaseSync(path);
    later.exec('PRAGMA user_version = 7');
    later.close();
    await expect(open()).rejects.toThrow(/is a log of schema 7, and this program writes schema 1/);
  });

  it('opens an empty file from many connections at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => open()));
    const results = await Promise.all(all.map((log) => log.append(CREATE, NOTHING)));
    expect(results.filter(({ status }) => status === 'appended')).toHaveLength(1);
  });

  it('uses the write-ahead log', async () => {
    await open();
    const other = new DatabaseSync(path);
    expect(other.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    other.close();
  });
});
