import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** How often files are read again. Unit: milliseconds. */
const EVERY_MS = 10_000;

/** What some files hold, kept up to date. */
export interface WatchedFiles<T> {
  /** What they held when they were last read and right. */
  readonly current: T;
  /** Calls `listener` with the new value after every change. */
  onChange(listener: (value: T) => void): void;
  close(): void;
}

/** Options of {@link watchFiles}. */
export interface WatchOptions {
  /** Told why changed files are not used: the value from before stays. Once for each content. */
  readonly warn: (message: string) => void;
  /** Default: 10,000 ms. */
  readonly everyMs?: number;
}

/**
 * Reads files and reads them again every few seconds, since mounted Kubernetes secrets are exchanged by links, which
 * file notifications miss. `parse` turns all contents, in the order of `paths`, into a value; while it throws, as in the
 * middle of an exchange, or a file cannot be read, the value from before is used. Does not keep the process alive. Throws
 * what `parse` throws for the first contents, and what reading them throws.
 */
export function watchFiles<T>(
  paths: readonly string[],
  parse: (contents: readonly Buffer[]) => T,
  { warn, everyMs = EVERY_MS }: WatchOptions,
): WatchedFiles<T> {
  let seen = paths.map((path) => readFileSync(path));
  let current = parse(seen);
  let warned = '';
  const listeners: ((value: T) => void)[] = [];
  const refresh = async (): Promise<void> => {
    const contents = await Promise.all(paths.map((path) => readFile(path)));
    if (contents.every((content, i) => content.equals(seen[i]))) return;
    // A content that is refused is read again: the next one may be the same with its other half exchanged.
    current = parse(contents);
    seen = contents;
    warned = '';
    for (const listener of listeners) listener(current);
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    refresh()
      .catch((error: Error) => {
        if (error.message !== warned) warn((warned = error.message));
      })
      .finally(() => (busy = false));
  }, everyMs);
  timer.unref();
  return {
    get current() {
      return current;
    },
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}
