/** Keeps a wake-up until it is waited for, so that none is lost between two waits. */
export interface Latch {
  /** Something happened. */
  set(): void;
  /** Resolves at the next {@link Latch.set}, at once if one came since the last wait, or after `timeoutMs`. */
  wait(timeoutMs?: number): Promise<void>;
}

/** A latch for one waiter at a time. */
export function createLatch(): Latch {
  let isSet = false;
  let wake: (() => void) | undefined;
  return {
    set() {
      isSet = true;
      wake?.();
    },
    async wait(timeoutMs) {
      if (!isSet) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
            timer = setTimeout(resolve, Math.min(Math.max(0, timeoutMs), 2 ** 31 - 1));
          }
        });
        clearTimeout(timer);
        wake = undefined;
      }
      isSet = false;
    },
  };
}
