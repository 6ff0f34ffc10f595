/** A queue from callbacks to the async generator that answers a call. It has one reader. */
export interface OutputQueue<T> {
  /**
   * Adds an item. Resolves when there is room for the next one, or the reader has left; callers need not wait for it.
   */
  push(item: T): Promise<void>;
  /** Ends the queue. After the waiting items the reader ends, or throws the error if there is one. */
  close(failure?: { readonly error: unknown }): void;
  [Symbol.asyncIterator](): AsyncGenerator<T, void>;
}

/** Number of items that may wait before a writer is blocked. */
const ROOM = 16;

/** Creates an empty queue. */
export function createOutputQueue<T>(): OutputQueue<T> {
  const items: T[] = [];
  const readers: (() => void)[] = [];
  const writers: (() => void)[] = [];
  let closed: { readonly failure?: { readonly error: unknown } } | undefined;
  let left = false;
  const wakeAll = (waiting: (() => void)[]) => {
    for (const wake of waiting.splice(0)) wake();
  };
  return {
    push(item) {
      items.push(item);
      wakeAll(readers);
      if (left || items.length < ROOM) return Promise.resolve();
      return new Promise((resolve) => writers.push(resolve));
    },
    close(failure) {
      closed ??= { failure };
      wakeAll(readers);
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          while (items.length > 0) {
            yield items.shift() as T;
            if (items.length < ROOM) wakeAll(writers);
          }
          if (closed?.failure) throw closed.failure.error;
          if (closed) return;
          await new Promise<void>((resolve) => readers.push(resolve));
        }
      } finally {
        left = true;
        wakeAll(writers);
      }
    },
  };
}
