import { isLocked, type SqliteDatabase } from './sqlite-database.ts';

/** Notifies listeners of possible changes of the file, by this connection or another process. */
export interface News {
  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** To be called after commits of this connection: `data_version` only shows those of others. */
  publish(): void;
}

/**
 * Polls `PRAGMA data_version` every `pollMs` while there are listeners: SQLite has no notification across processes.
 */
export function createNews(database: SqliteDatabase, pollMs: number): News {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;

  const publish = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const poll = (): void => {
    try {
      const version = database.dataVersion();
      if (version === seen) return;
      seen = version;
    } catch (error) {
      if (isLocked(error)) return; // while another process recovers the file: try again
      // The next read throws the error where it can be handled.
    }
    publish();
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      timer ??= setInterval(poll, pollMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
    },
    publish,
  };
}
