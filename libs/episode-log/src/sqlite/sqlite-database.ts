import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertLocalFileSystem } from '../artifacts/local-file-system.ts';
import { LogClosedError, LogUnavailableError, LogUnusableError } from '../errors.ts';
import { jitteredMs } from '../log-options.ts';
import { corrupt, sqliteFault } from '../storage-fault.ts';
import { addMissingParts, SCHEMA, SCHEMA_VERSION } from './sqlite-schema.ts';

/**
 * SQLite blocks the event loop for at most this long while it waits for a lock; beyond that the wait is asynchronous.
 */
const BUSY_TIMEOUT_MS = 10;

/** Options of {@link openSqliteDatabase}. */
export interface SqliteDatabaseOptions {
  readonly path: string;
  /**
   * `normal` survives killed processes, not a power failure, and is several times as fast as `full`, which survives
   * both (sqlite.org/pragma.html#pragma_synchronous).
   */
  readonly synchronous: 'normal' | 'full';
  readonly unavailableAfterMs: number;
}

/** One connection to the log's file, with transactions that wait for locks without blocking the event loop. */
export interface SqliteDatabase {
  readonly path: string;
  /** A prepared statement, kept for the life of the connection. Only for use inside `read` and `write`. */
  prepare(sql: string): StatementSync;
  /** Runs `work` (synchronous) in one read transaction, again if the file was locked. */
  read<T>(work: () => T): Promise<T>;
  /** Runs `work` (synchronous) in `BEGIN IMMEDIATE`, again if the file was locked; rolled back when it throws. */
  write<T>(work: () => T): Promise<T>;
  /** A number that changes when another connection has committed. About 2 µs. */
  dataVersion(): number;
  close(): void;
}

/**
 * Opens or creates the file, and checks its pages. Throws `LogUnusableError` where it cannot work (a folder, a
 * read-only or a network file system, a file that is no log or a newer one's), `LogCorruptError` when it is damaged,
 * and `LogUnavailableError` when it stays locked or the disk is full.
 */
export async function openSqliteDatabase(options: SqliteDatabaseOptions): Promise<SqliteDatabase> {
  const { path } = options;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw unusable(
      path,
      `its folder cannot be made (${(error as Error).message}); is the file system writable?`,
      error,
    );
  }
  assertLocalFileSystem(dirname(path));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw unusable(path, 'it is a folder: name a file in it');
  let connection: DatabaseSync | undefined;
  try {
    const opened = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    connection = opened;
    await whileLocked(options, () => setUp(opened, options));
    return createDatabase(opened, options);
  } catch (error) {
    connection?.close();
    const errcode = errcodeOf(error);
    if (errcode === NOT_A_DATABASE)
      throw unusable(path, 'it is not an SQLite file: name another, or move it away', error);
    if (errcode === READ_ONLY || errcode === CANNOT_OPEN) {
      throw unusable(path, 'it cannot be written: make the file, its folder and its file system writable', error);
    }
    throw sqliteFault(error, path) ?? error;
  }
}

/** Primary result codes, sqlite.org/rescode.html. */
const READ_ONLY = 8;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** The primary result code of an error of SQLite, or of its cause. */
function errcodeOf(error: unknown): number | undefined {
  const { errcode, cause } = (error ?? {}) as { errcode?: unknown; cause?: { errcode?: unknown } };
  const code = errcode ?? cause?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function unusable(path: string, why: string, cause?: unknown): LogUnusableError {
  return new LogUnusableError(`the log ${path} cannot be used: ${why}`, { cause });
}

function setUp(connection: DatabaseSync, options: SqliteDatabaseOptions): void {
  const mode = connection.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode !== 'wal') {
    throw unusable(options.path, `SQLite says journal mode ${mode}, not wal: is the folder writable?`);
  }
  // About 100 MB a second: a damaged page is detected here, not in the middle of a study.
  const said = connection.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (said !== 'ok') throw corrupt(options.path, String(said).replaceAll('\n', ' '));
  connection.exec(`PRAGMA synchronous = ${options.synchronous}`);
  transact(connection, 'IMMEDIATE', () => {
    const version = Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version !== 0 && version !== SCHEMA_VERSION) {
      throw new LogUnusableError(
        `${options.path} is a log of schema ${version}, and this program writes schema ${SCHEMA_VERSION}`,
      );
    }
    if (version === 0) connection.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
    else addMissingParts(connection);
  });
}

function createDatabase(connection: DatabaseSync, options: SqliteDatabaseOptions): SqliteDatabase {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = connection.prepare(sql)));
    return statement;
  };
  const run = <T>(kind: 'DEFERRED' | 'IMMEDIATE', work: () => T): Promise<T> =>
    whileLocked(options, () => {
      if (!connection.isOpen) throw new LogClosedError(`the log ${options.path} is closed`);
      return transact(connection, kind, work);
    });
  return {
    path: options.path,
    prepare,
    read: (work) => run('DEFERRED', work),
    write: (work) => run('IMMEDIATE', work),
    dataVersion: () => Number(prepare('PRAGMA data_version').get()?.['data_version']),
    close: () => {
      if (connection.isOpen) connection.close();
    },
  };
}

function transact<T>(connection: DatabaseSync, kind: 'DEFERRED' | 'IMMEDIATE', work: () => T): T {
  connection.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED with all their extended codes. */
export function isLocked(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && ((code & 0xff) === 5 || (code & 0xff) === 6);
}

async function whileLocked<T>(options: SqliteDatabaseOptions, work: () => T): Promise<T> {
  const deadlineMs = performance.now() + options.unavailableAfterMs;
  for (let round = 0; ; round++) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error)) throw sqliteFault(error, options.path) ?? error;
      if (performance.now() > deadlineMs) {
        throw new LogUnavailableError(`${options.path} stayed locked for ${options.unavailableAfterMs} ms`, {
          cause: error,
        });
      }
      await sleep(jitteredMs(Math.min(2 * 2 ** Math.min(round, 4), 20)));
    }
  }
}
