import type { EventEmitter } from 'node:events';

/**
 * High-water mark of one stream: unread messages above which its sender has to wait. Counted in messages, as grpc-js
 * does.
 */
export const HIGH_WATER_MARK = 16;

/** The readable half of a grpc-js call. */
export interface ReadableCall extends EventEmitter {
  pause(): unknown;
  resume(): unknown;
}

/** The writable half of a grpc-js call. */
export interface WritableCall<T> extends EventEmitter {
  write(message: T): boolean;
  end(): unknown;
}

/** Messages of a stream, in order. Either `for await` or {@link MessageReader.receive}; one reader at a time. */
export interface MessageReader<T> extends AsyncIterableIterator<T> {
  /** The next message, or undefined when the sender has ended the stream. Throws the stream's error. */
  receive(): Promise<T | undefined>;
}

/** Options of {@link readMessages}. */
export interface ReadOptions {
  /** Stops reading at once, with the abort reason as the error; unread messages are dropped. */
  readonly signal?: AbortSignal;
  /** Called when the reader leaves before the stream has ended. */
  readonly onLeave?: () => void;
}

/**
 * Reads a call. Listeners are attached now, not at the first read: a call without listeners buffers without bound and
 * loses its error. At most {@link HIGH_WATER_MARK} messages are buffered here; beyond that, backpressure reaches the
 * sender.
 */
export function readMessages<T>(call: ReadableCall, options: ReadOptions = {}): MessageReader<T> {
  const queue: T[] = [];
  const waiting: { resolve(message: T | undefined): void; reject(error: unknown): void }[] = [];
  let state: 'OPEN' | 'ENDED' | 'FAILED' = 'OPEN';
  let failure: unknown;
  let paused = false;

  const settle = (next: 'ENDED' | 'FAILED', error?: unknown): void => {
    if (state !== 'OPEN') return;
    state = next;
    failure = error;
    options.signal?.removeEventListener('abort', onAbort);
    for (const { resolve, reject } of waiting.splice(0)) {
      if (next === 'FAILED') reject(error);
      else resolve(undefined);
    }
  };
  const onAbort = (): void => {
    queue.length = 0;
    settle('FAILED', options.signal?.reason);
  };

  call.on('data', (message: T) => {
    const reader = waiting.shift();
    if (reader !== undefined) {
      reader.resolve(message);
    } else if (state === 'OPEN') {
      queue.push(message);
      if (queue.length >= HIGH_WATER_MARK && !paused) {
        paused = true;
        call.pause();
      }
    }
  });
  call.on('end', () => settle('ENDED'));
  call.on('error', (error: unknown) => settle('FAILED', error));
  call.on('close', () => settle('FAILED', options.signal?.reason ?? new Error('the stream closed before its end')));
  if (options.signal?.aborted) onAbort();
  else options.signal?.addEventListener('abort', onAbort, { once: true });

  const receive = (): Promise<T | undefined> => {
    if (queue.length > 0) {
      const value = queue.shift() as T;
      if (paused && queue.length <= HIGH_WATER_MARK / 2) {
        paused = false;
        call.resume();
      }
      return Promise.resolve(value);
    }
    if (state === 'ENDED') return Promise.resolve(undefined);
    if (state === 'FAILED') return Promise.reject(failure);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };

  return {
    receive,
    async next() {
      const value = await receive();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
    async return() {
      const left = state === 'OPEN';
      queue.length = 0;
      settle('ENDED');
      if (paused) call.resume();
      if (left) options.onLeave?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Writes one message. Returns undefined if the next one may be written at once, otherwise a promise that resolves when
 * it may: backpressure of a receiver that does not read. Rejects with the signal's reason when that aborts, or with the
 * stream's error.
 */
export function writeMessage<T>(call: WritableCall<T>, message: T, signal?: AbortSignal): Promise<void> | undefined {
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (call.write(message)) return undefined;
  // grpc-js drops the callback of a write to a cancelled call, so `drain` alone might never come.
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      call.off('drain', onDrain);
      call.off('close', onClose);
      call.off('error', onError);
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    const onDrain = (): void => settle(resolve);
    const onError = (error: unknown): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(signal?.reason ?? new Error('the stream closed while writing')));
    const onAbort = (): void => settle(() => reject(signal?.reason));
    call.once('drain', onDrain);
    call.once('close', onClose);
    call.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Writes everything that `messages` yields, as fast as the receiver reads. Does not end the stream. */
export async function writeMessages<T>(
  call: WritableCall<T>,
  messages: AsyncIterable<T> | Iterable<T>,
  signal?: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    const room = writeMessage(call, message, signal);
    if (room !== undefined) await room;
  }
}
