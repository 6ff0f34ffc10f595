import { mkdir, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { type ServiceError, status } from '@grpc/grpc-js';
import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import {
  ArtifactCorruptError,
  ArtifactMissingError,
  InvalidKeyError,
  LogClosedError,
  LogCorruptError,
  LogUnavailableError,
  LogUnusableError,
} from '@qloom/episode-log/errors.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { DomainError } from './errors.ts';
import { answeredFailure, classifyFault, isTransient } from './faults.ts';
import { statusOf } from './status.ts';

let folder: TempFolder;

beforeEach(async () => {
  folder = await createTempFolder();
});
afterEach(() => folder.remove());

/** What `work` throws. */
async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** A row of a table of tests: its title, then the row. */
const titled = <Row extends readonly unknown[]>(rows: readonly Row[]): [string, ...Row][] =>
  rows.map((row) => {
    const [error] = row;
    const code = (error as { code?: unknown } | null)?.code;
    return [
      `${String(error)}${code === undefined ? '' : ` (${typeof code === 'number' ? status[code] : code})`}`,
      ...row,
    ];
  });

const answer = (code: number, details = 'no'): ServiceError =>
  Object.assign(new Error(details), { code, details }) as ServiceError;

describe('a fault of the infrastructure', () => {
  it.each([
    'CANCELLED',
    'DEADLINE_EXCEEDED',
    'NOT_FOUND',
    'PERMISSION_DENIED',
    'RESOURCE_EXHAUSTED',
    'FAILED_PRECONDITION',
    'ABORTED',
    'UNIMPLEMENTED',
    'UNAVAILABLE',
    'DATA_LOSS',
    'UNAUTHENTICATED',
  ] as const)('is the answer %s', (name) => {
    expect(classifyFault(answer(status[name]))).toEqual({ kind: 'infrastructure' });
  });

  it.each([
    new LogUnavailableError('away'),
    new LogClosedError('closed'),
    new LogUnusableError('read-only'),
    new ArtifactMissingError('not there'),
    new ArtifactCorruptError('damaged'),
    new DomainError('unsupported', 'not here'),
    new DomainError('precondition', 'not now'),
  ])('is $name', (error) => {
    expect(classifyFault(error)).toEqual({ kind: 'infrastructure' });
  });

  it('is an error of the file system, and a call that meets it ends with UNAVAILABLE and the reason', async () => {
    await writeFile(folder.file('file'), 'x');
    const errors = [
      await thrownBy(() => readFile(folder.file('nowhere'))),
      await thrownBy(() => readdir(folder.file('file'))),
      await thrownBy(() => mkdir(folder.file('file'))),
    ];
    expect(errors.map((error) => (error as NodeJS.ErrnoException).code)).toEqual(['ENOENT', 'ENOTDIR', 'EEXIST']);
    for (const error of errors) {
      expect(classifyFault(error)).toEqual({ kind: 'infrastructure' });
      expect(statusOf(error)).toEqual({ code: status.UNAVAILABLE, details: (error as Error).message });
    }
  });

  it('is a system error that Node has no name for, such as a full quota', () => {
    const error = Object.assign(new Error('write'), {
      code: 'Unknown system error -122',
      errno: -122,
      syscall: 'write',
    });
    expect(classifyFault(error)).toEqual({ kind: 'infrastructure' });
  });

  it('is the error of SQLite for a damaged log', async () => {
    const path = folder.file('log.db');
    const log = await openEpisodeLog(`sqlite://${path}`);
    await log.append({ study: 'study', slot: 'create' }, new Uint8Array(10_000));
    await log.close();
    await truncate(path, 5000);
    const damaged = await thrownBy(() => openEpisodeLog(`sqlite://${path}`));
    expect(damaged).toBeInstanceOf(LogCorruptError);
    expect(classifyFault(damaged)).toEqual({ kind: 'infrastructure' });
  });

  it('is an artifact whose folder was moved away, for reads and writes, until the folder is back', async () => {
    const store = await openArtifactStore(`file://${folder.file('artifacts')}`);
    const hash = await store.put(Uint8Array.of(1));
    await rename(folder.file('artifacts/sha256'), folder.file('away'));
    for (const work of [() => store.get(hash), () => store.put(Uint8Array.of(2))]) {
      expect(classifyFault(await thrownBy(work))).toEqual({ kind: 'infrastructure' });
    }
    await rename(folder.file('away'), folder.file('artifacts/sha256'));
    expect(await store.get(hash)).toEqual(Buffer.from([1]));
  });

  it('is an error that was caused by one', () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(classifyFault(new TypeError('fetch failed', { cause }))).toEqual({ kind: 'infrastructure' });
  });
});

describeWithNats('a fault of the infrastructure, on NATS', () => {
  it('is every answer of JetStream that is an error', async () => {
    const nats = await startNatsServer();
    const connection = await connect({ servers: nats.url });
    try {
      const manager = await jetstreamManager(connection);
      const error = await thrownBy(() => manager.streams.info('nowhere'));
      expect(error).toBeInstanceOf(JetStreamApiError);
      expect(classifyFault(error)).toEqual({ kind: 'infrastructure' });
    } finally {
      await connection.close();
      await nats.stop();
    }
  });
});

describe('a transient fault', () => {
  it.each(
    titled<[unknown, boolean]>([
      [answer(status.UNAVAILABLE), true],
      [answer(status.INTERNAL, 'Received RST_STREAM with code 2'), true],
      [new DomainError('exhausted', 'too many critics'), true],
      [Object.assign(new Error('connect'), { code: 'ECONNRESET' }), true],
      [answer(status.FAILED_PRECONDITION, 'a stale attempt'), false],
      [answer(status.UNIMPLEMENTED), false],
      [new DomainError('precondition', 'a stale attempt'), false],
      [answer(status.INVALID_ARGUMENT), false],
      [new TypeError('a bug'), false],
    ]),
  )('is distinguished from one that lasts: %s', (_title, error, expected) => {
    expect(isTransient(error)).toBe(expected);
  });
});

describe('a failure of the work itself', () => {
  it.each(
    titled<[unknown, string, string | undefined]>([
      [answer(status.INVALID_ARGUMENT), 'invalid', 'invalid'],
      [answer(status.OUT_OF_RANGE), 'diverged', 'diverged'],
      [new DomainError('invalid', 'no'), 'invalid', undefined],
      [new DomainError('diverged', 'no'), 'diverged', undefined],
    ]),
  )('is an error of refused or diverged work: %s', (_title, error, reason, answered) => {
    expect(classifyFault(error)).toEqual({ kind: 'failed', reason });
    expect(answeredFailure(error)).toBe(answered);
  });
});

describe('an unexplained error', () => {
  it.each(
    titled<[unknown]>([
      [new TypeError('a bug')],
      [new RangeError('Maximum call stack size exceeded')],
      [new InvalidKeyError('no hash')],
      [new DomainError('data-loss', 'no SlotEvent')],
      [new DomainError('internal', 'a bug')],
      [answer(status.INTERNAL)],
      [answer(status.UNKNOWN)],
      [answer(status.ALREADY_EXISTS)],
      [Object.assign(new Error('no module'), { code: 'ERR_MODULE_NOT_FOUND' })],
      [new Error('a bug', { cause: new TypeError('another') })],
      ['no error at all'],
    ]),
  )('is no fault of the infrastructure: %s', (_title, error) => {
    expect(classifyFault(error)).toEqual({ kind: 'unexplained' });
  });

  it('is an SQL statement that is wrong', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (a INTEGER PRIMARY KEY)');
    const errors = [
      await thrownBy(() => database.exec('SELEC 1')),
      await thrownBy(() => database.exec('INSERT INTO t VALUES (1), (1)')),
    ];
    database.close();
    for (const error of errors) expect(classifyFault(error)).toEqual({ kind: 'unexplained' });
  });
});
