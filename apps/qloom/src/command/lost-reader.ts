import type { EventEmitter } from 'node:events';

/** Codes of a write to a pipe whose reader has left, or to a terminal that was closed. */
const LOST: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Calls `onLost` when the reader of an output stream has left; every other error of the stream is thrown. A study
 * continues without a reader of its progress, so that `onLost` of stderr does nothing.
 */
export function onLostReader(stream: EventEmitter, onLost: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!LOST.has(error.code)) throw error;
    onLost();
  });
}
