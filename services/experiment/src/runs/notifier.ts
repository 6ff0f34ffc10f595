/** Tells waiters of changes, once for any number of changes in one turn of the event loop. */
export interface Notifier {
  notify(): void;
  /** Resolves at the next notification, or when `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
}

/** Creates a notifier. */
export function createNotifier(): Notifier {
  let waiting = Promise.withResolvers<void>();
  let isDue = false;
  return {
    notify() {
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        const { resolve } = waiting;
        waiting = Promise.withResolvers();
        resolve();
      });
    },
    async next(signal) {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      signal.addEventListener('abort', wake, { once: true });
      await Promise.race([waiting.promise, promise]);
      signal.removeEventListener('abort', wake);
    },
  };
}
