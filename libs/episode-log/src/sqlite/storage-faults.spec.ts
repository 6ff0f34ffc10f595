import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { takeOne } from '@qloom/testing/episode-log/take-one.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { describeWithSmallDisk, mountSmallDisk, type SmallDisk } from '@qloom/testing/small-disk.ts';
import { openArtifactStore } from '../open-log.ts';
import type { EpisodeLog } from '../port.ts';
import { openSqliteLog, type SqliteLogOptions } from './sqlite-log.ts';

const logs: EpisodeLog[] = [];
const open = async (path: string, options: Partial<SqliteLogOptions> = {}): Promise<EpisodeLog> => {
  const log = await openSqliteLog({ path, warn: () => {}, ...options });
  logs.push(log);
  return log;
};
const fill = async (log: EpisodeLog, events: number, bytes = 1_000): Promise<void> => {
  for (let episode = 0; episode < events; episode++) {
    await log.append({ study: 's', episode, slot: 'propose' }, new Uint8Array(bytes).fill(episode));
  }
};
const until = async (log: EpisodeLog, fails: RegExp): Promise<number> => {
  for (let episode = 0; ; episode++) {
    try {
      await log.append({ study: 'many', episode, slot: 'propose' }, new Uint8Array(50_000));
    } catch (error) {
      expect(error).toMatchObject({ name: 'LogUnavailableError', message: expect.stringMatching(fails) });
      return episode;
    }
  }
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qloom-storage-'));
});
afterEach(async () => {
  await Promise.all(logs.splice(0).map((log) => log.close()));
  rmSync(folder, { recursive: true, force: true });
});

describeWithSmallDisk('a disk', () => {
  let disk: SmallDisk;
  beforeEach(() => {
    disk = mountSmallDisk(1_024) as SmallDisk;
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
    disk.remove();
  });

  it('that is full makes an append unavailable; answered appends are kept, and it works when there is room', async () => {
    writeFileSync(join(disk.path, 'ballast'), new Uint8Array(400_000));
    const log = await open(join(disk.path, 'log.db'));
    const written = await until(log, /log\.db: the disk is full: free some space \(SQLite error 13/);
    expect(written).toBeGreaterThan(0);
    expect(await log.replay('many')).toHaveLength(written);
    rmSync(join(disk.path, 'ballast'));
    await log.append({ study: 'many', episode: written, slot: 'propose' }, new Uint8Array(50_000));
    expect(await log.replay('many')).toHaveLength(written + 1);
  });

  it('that is full suspends a consumption, with a warning, only while it is full', async () => {
    const warnings = createSignalBoard<string>();
    const log = await open(join(disk.path, 'log.db'), { warn: warnings.post });
    await fill(log, 1);
    // The write-ahead log is empty, and finds no room to grow.
    const other = new DatabaseSync(join(disk.path, 'log.db'));
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    expect(() => writeFileSync(join(disk.path, 'ballast'), new Uint8Array(2_000_000))).toThrow(/ENOSPC/);
    const taken = takeOne(log, 'fit', 'propose');
    await warnings.find((warning) => /^consumer fit: .*the disk is full.*; trying again$/.test(warning));
    rmSync(join(disk.path, 'ballast'));
    expect((await taken).event.key.episode).toBe(0);
  });

  it('that is full makes an artifact unavailable, and leaves no partial file', async () => {
    const store = await openArtifactStore(pathToFileURL(join(disk.path, 'artifacts')).href);
    const small = await store.put(new Uint8Array(1_000));
    const putting = store.put(new Uint8Array(2_000_000));
    await expect(putting).rejects.toMatchObject({ name: 'LogUnavailableError' });
    await expect(putting).rejects.toThrow(
      /^cannot write artifact \w{64} in .*: the disk is full: free some space \(ENOSPC\)$/,
    );
    expect(readdirSync(join(disk.path, 'artifacts', 'incoming'))).toEqual([]);
    expect(await store.get(small)).toHaveLength(1_000);
  });

  it('that becomes read-only makes both unavailable, and works again when it can be written', async () => {
    const log = await open(join(disk.path, 'log.db'));
    const store = await openArtifactStore(pathToFileURL(join(disk.path, 'artifacts')).href);
    await log.append({ study: 's', slot: 'create' }, new Uint8Array(1));
    const hash = await store.put(new Uint8Array(10));
    await log.close();
    disk.setReadOnly(true);
    await expect(store.put(new Uint8Array(20))).rejects.toThrow(
      /the file system is read-only: make it writable \(EROFS\)/,
    );
    expect(await store.get(hash)).toHaveLength(10);
    const opening = open(join(disk.path, 'log.db'));
    await expect(opening).rejects.toMatchObject({ name: 'LogUnusableError' });
    await expect(opening).rejects.toThrow(
      /log\.db cannot be used: it cannot be written: make the file, its folder and/,
    );
    await expect(open(join(disk.path, 'other', 'log.db'))).rejects.toThrow(
      /its folder cannot be made \(.*\); is the file system writable/,
    );
    await expect(openArtifactStore(pathToFileURL(join(disk.path, 'more')).href)).rejects.toThrow(
      /cannot use .* for artifacts/,
    );
    disk.setReadOnly(false);
    await store.put(new Uint8Array(20));
    expect(await (await open(join(disk.path, 'log.db'))).replay('s')).toHaveLength(1);
  });
});

describe('a folder of artifacts', () => {
  it('that is moved away is unavailable, not empty: nothing is missing, and it can be moved back', async () => {
    const root = join(folder, 'artifacts');
    const store = await openArtifactStore(pathToFileURL(root).href);
    const hash = await store.put(new Uint8Array(10));
    for (const part of ['.', 'sha256']) {
      renameSync(join(root, part), join(folder, 'away'));
      for (const call of [store.get(hash), store.has(hash), store.put(new Uint8Array(20))]) {
        await expect(call).rejects.toMatchObject({ name: 'LogUnavailableError' });
      }
      expect(existsSync(join(root, 'sha256'))).toBe(false);
      renameSync(join(folder, 'away'), join(root, part));
      expect(await store.get(hash)).toHaveLength(10);
    }
    await store.put(new Uint8Array(20));
  });
});

describe('a SQLite file', () => {
  const path = (): string => join(folder, 'log.db');

  it('that is a folder, or below a file, is named', async () => {
    await expect(open(folder)).rejects.toThrow(/cannot be used: it is a folder: name a file in it/);
    writeFileSync(join(folder, 'file'), '');
    await expect(open(join(folder, 'file', 'log.db'))).rejects.toThrow(/its folder cannot be made \((EEXIST|ENOTDIR)/);
  });

  it('is made with the folders above it', async () => {
    await open(join(folder, 'a', 'b', 'log.db'));
    expect(statSync(join(folder, 'a', 'b', 'log.db')).isFile()).toBe(true);
  });

  it('of a killed machine opens without its shared memory file, and with what its write-ahead log holds', async () => {
    const log = await open(path());
    await fill(log, 3);
    // As a power cut leaves it: file and write-ahead log, but no -shm.
    for (const suffix of ['', '-wal']) copyFileSync(`${path()}${suffix}`, join(folder, `cut.db${suffix}`));
    expect(await (await open(join(folder, 'cut.db'))).replay('s')).toHaveLength(3);
    writeFileSync(join(folder, 'cut2.db-shm'), 'left behind by another');
    for (const suffix of ['', '-wal']) copyFileSync(`${path()}${suffix}`, join(folder, `cut2.db${suffix}`));
    expect(await (await open(join(folder, 'cut2.db'))).replay('s')).toHaveLength(3);
  });

  it.each([
    ['in the first page’s header', 60, 40],
    ['in the schema', 3_000, 1_096],
    ['in the second page', 4_096, 512],
    ['in the middle', 12 * 4_096, 4_096],
    ['at its end', -4_096, 4_096],
  ])(
    'that is damaged %s is named with a remedy in every call, without a stack trace or a retry loop',
    async (_, at, length) => {
      const log = await open(path());
      await fill(log, 60);
      await log.close();
      const size = statSync(path()).size;
      const file = openSync(path(), 'r+');
      writeSync(file, new Uint8Array(length).fill(0xa5), 0, length, at < 0 ? size + at : at);
      closeSync(file);
      const opening = open(path());
      await expect(opening).rejects.toMatchObject({ name: expect.stringMatching(/^Log(Corrupt|Unusable)Error$/) });
      await expect(opening).rejects.toThrow(
        /log\.db (is damaged \(.+\): put back a copy|is a log of schema|cannot be used)/,
      );
    },
  );

  it('that is damaged while open ends its users with that error', async () => {
    const log = await open(path());
    await fill(log, 60);
    const { signal } = new AbortController();
    const consuming = log.consume({ consumer: 'c', slot: 'fit', maxInFlight: 1, signal }, async () => {});
    const watching = log.watch('s', { after: 1e9, signal })[Symbol.asyncIterator]().next();
    for (const broken of [consuming, watching]) broken.catch(() => {});
    // Moves everything from the write-ahead log into the file, which is then overwritten but for its header.
    const other = new DatabaseSync(path());
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    const size = statSync(path()).size;
    const file = openSync(path(), 'r+');
    writeSync(file, new Uint8Array(size - 4_096).fill(0xa5), 0, size - 4_096, 4_096);
    closeSync(file);
    const reading = log.read({ study: 'another', slot: 'create' });
    await expect(reading).rejects.toMatchObject({ name: 'LogCorruptError' });
    await expect(reading).rejects.toThrow(/log\.db is damaged \(.*malformed.*\): put back a copy of it from before/);
  });
});

describe('a clock that is set back', () => {
  const HOUR_MS = 3_600_000;

  it('by hours does not delay an event whose delay was about to end', async () => {
    let nowMs = 1_000 * HOUR_MS;
    const log = await open(join(folder, 'log.db'), { now: () => nowMs });
    await fill(log, 1);
    const stop = new AbortController();
    await log.consume({ consumer: 'c', slot: 'propose', maxInFlight: 1, signal: stop.signal }, async (delivery) => {
      await delivery.nak(5);
      stop.abort();
    });
    nowMs -= 5 * HOUR_MS;
    const taking = takeOne(log, 'c', 'propose');
    const timer = setInterval(() => (nowMs += 1), 1); // time passes
    expect((await taking).attempt).toBe(2);
    clearInterval(timer);
    expect(nowMs).toBeLessThan((1_000 - 4) * HOUR_MS);
  });

  it('by hours does not keep the lease of a process of another container beyond its length', async () => {
    let nowMs = 1_000 * HOUR_MS;
    const log = await open(join(folder, 'log.db'), { now: () => nowMs, leaseMs: 200 });
    await fill(log, 1);
    const foreign = new DatabaseSync(join(folder, 'log.db'));
    foreign.exec(`INSERT INTO consumers VALUES ('c', 'propose', 1)`);
    foreign
      .prepare('INSERT INTO leases (consumer, sequence, attempt, due_ms, set_ms, owner) VALUES (?, 1, 1, ?, ?, ?)')
      .run('c', nowMs + 200, nowMs, JSON.stringify(['another world', 1, '1', 'x']));
    foreign.close();
    nowMs -= 5 * HOUR_MS;
    const timer = setInterval(() => (nowMs += 10), 1);
    expect((await takeOne(log, 'c', 'propose')).attempt).toBe(2);
    clearInterval(timer);
  });

  it('leaves a log of an earlier version usable', async () => {
    const log = await open(join(folder, 'log.db'));
    await fill(log, 1);
    await log.close();
    const earlier = new DatabaseSync(join(folder, 'log.db'));
    earlier.exec('ALTER TABLE leases DROP COLUMN set_ms');
    earlier.close();
    mkdirSync(join(folder, 'x'));
    const [one, two] = await Promise.all([open(join(folder, 'log.db')), open(join(folder, 'log.db'))]);
    expect((await takeOne(one, 'c', 'propose')).attempt).toBe(1);
    expect(await two.replay('s')).toHaveLength(1);
  });
});
