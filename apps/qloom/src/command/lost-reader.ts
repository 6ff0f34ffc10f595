import type { EventEmitter } from 'node:events';

/** Codes of a write to a pipe whose reader has left, or to a terminal that was closed. */
const LOST: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO']);

/**
 * Calls `onLost` when the reader of an output stream has left; every other error of the stream is thrown. Progress that nobody reads
 * any more stops no study, so that `onLost` of stderr does nothing.
 */
export function onLostReader(stream: EventEmitter, onLost: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!LOST.has(error.code)) throw error;
    onLost();
  });
}
