import { isLocked, type SqliteDatabase } from './sqlite-database.ts';

/** Tells listeners that the file may have changed, by this connection or another process's. */
export interface News {
  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** This connection has committed something: `data_version` only shows the commits of others. */
  publish(): void;
}

/** Asks for `PRAGMA data_version` every `pollMs` while someone listens: SQLite has no notification across processes. */
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
      if (isLocked(error)) return; // while another process recovers the file: look again
      // Whoever reads next gets the error where it can be handled.
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
