import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How the log's adapters end a warning of what fails for now, such as a NATS server without room. */
const AGAIN = '; trying again';

/** The most bytes of one log that are read at a time: what is skipped is skipped for good. */
const READ_BYTES = 65_536;

/**
 * Follows the logs of services, by name and path, until the returned function is called, and tells `onWait` what one of them
 * tries in vain: each reason once, whoever gives it first. What stands in a log already is old and not told.
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
    return undefined; // a dependency's own words
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
