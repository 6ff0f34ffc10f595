import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The end of the log adapters' warnings of temporary faults, such as a NATS server without room. */
const AGAIN = '; trying again';

/** The most bytes of one log that are read at a time; the rest is skipped for good. */
const READ_BYTES = 65_536;

/**
 * Follows the logs of services, by name and path, until the returned function is called, and calls `onWait` with the
 * reason of a failing retry: each reason once for all services. Existing lines of a log are not reported.
 */
export function watchLogWaits<Name extends string>(
  logs: ReadonlyMap<Name, string>,
  onWait: (service: Name, reason: string) => void,
  everyMs = 1_000,
): () => void {
  const said = new Set<string>();
  const readers = [...logs].map(([service, path]) => ({ service, read: newLinesOf(path) }));
  const look = (): void => {
    for (const { service, read } of readers) {
      for (const reason of read().map(reasonOf)) {
        if (reason === undefined || said.has(reason)) continue;
        said.add(reason);
        onWait(service, reason);
      }
    }
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

function reasonOf(line: string): string | undefined {
  if (!line.includes(AGAIN)) return undefined;
  try {
    const { level, message } = JSON.parse(line) as { readonly level?: unknown; readonly message?: unknown };
    return level === 'warn' && typeof message === 'string' && message.endsWith(AGAIN) ? message : undefined;
  } catch {
    return undefined; // a message of a dependency
  }
}

/** Reads the whole lines that a file has got since the last call; those of before the first are left out. */
function newLinesOf(path: string): () => string[] {
  let position = sizeOf(path);
  return () => {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return []; // not there yet
    }
    try {
      const { size } = fstatSync(file);
      position = Math.max(Math.min(position, size), size - READ_BYTES);
      const buffer = Buffer.alloc(size - position);
      const bytes = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, position));
      const end = bytes.lastIndexOf('\n') + 1;
      position += end;
      return bytes.toString('utf8', 0, end).split('\n');
    } finally {
      closeSync(file);
    }
  };
}

function sizeOf(path: string): number {
  try {
    const file = openSync(path, 'r');
    try {
      return fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  } catch {
    return 0;
  }
}
