/** Hands what callbacks produce to the async generator that answers a call. One reader. */
export interface OutputQueue<T> {
  /** Resolves when there is room for the next item, or the reader has left. Who cannot wait need not. */
  push(item: T): Promise<void>;
  /** No more items; the reader ends after those that wait, or throws the error after them. */
  close(failure?: { readonly error: unknown }): void;
  [Symbol.asyncIterator](): AsyncGenerator<T, void>;
}

/** Items that may wait before a writer does. */
const ROOM = 16;

/** An empty queue. */
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
