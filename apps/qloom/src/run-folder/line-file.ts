import { createWriteStream } from 'node:fs';
import { FileError } from '../command/system-error.ts';

/** A file that is written line by line in the background. */
export interface LineFile {
  /** Writes some lines, which end in a line feed. Nothing once the file has failed. */
  write(lines: string): void;
  /** Rejects with {@link FileError} when the file cannot be opened or written, such as on a full disk; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when all is written, or the file has failed. */
  close(): Promise<void>;
}

/** Opens a file of lines: `a` appends, `w` starts a new file. */
export function openLineFile(path: string, flags: 'a' | 'w'): LineFile {
  const stream = createWriteStream(path, { flags });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  stream.on('error', (error) => failed.reject(new FileError(path, 'written', error)));
  return {
    write(lines) {
      if (!stream.errored) stream.write(lines);
    },
    failed: failed.promise,
    close: () =>
      new Promise((resolve) => {
        if (stream.closed) return resolve();
        stream.once('close', resolve);
        stream.end();
      }),
  };
}
