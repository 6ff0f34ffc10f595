/** Events so far, and promises for events to come: tests wait for these instead of sleeping. */
export interface SignalBoard<T> {
  /** Everything so far, in order. */
  readonly all: readonly T[];
  post(item: T): void;
  /** The first item, past or future, that `wanted` accepts. */
  find(wanted: (item: T) => boolean): Promise<T>;
  /** Resolves when `count` items have come. */
  atLeast(count: number): Promise<readonly T[]>;
}

/** Creates an empty board. */
export function createSignalBoard<T>(): SignalBoard<T> {
  const all: T[] = [];
  const checks = new Set<() => void>();
  const when = <R>(attempt: () => R | undefined): Promise<R> =>
    new Promise((resolve) => {
      const check = (): void => {
        const result = attempt();
        if (result === undefined) return;
        checks.delete(check);
        resolve(result);
      };
      checks.add(check);
      check();
    });
  return {
    all,
    post(item) {
      all.push(item);
      for (const check of [...checks]) check();
    },
    find: (wanted) => when(() => all.find(wanted)),
    atLeast: (count) => when(() => (all.length >= count ? all : undefined)),
  };
}
