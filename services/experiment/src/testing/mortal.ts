/** The life of a process that is killed at one of its calls to the outside. */
export interface Life {
  readonly isDead: boolean;
  /** Number of calls so far. */
  readonly calls: number;
  /** Resolves when it dies. */
  readonly death: Promise<void>;
}

/** When a process is killed. */
export interface Kill {
  /** At this call, from 1. */
  readonly atCall: number;
  /** Before the call has its effect, or after it and before its reply. */
  readonly when: 'before' | 'after';
}

/**
 * Wraps what a process calls, so that it can be killed in-process: from its death on no call has an effect, and none returns, which
 * leaves the promises of the dead process hanging for ever.
 */
export function createLife(kill: Kill | undefined): Life & { wrap<T extends object>(target: T): T } {
  let calls = 0;
  let isDead = false;
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const killAt = (call: number, when: Kill['when']): void => {
    if (kill?.atCall !== call || kill.when !== when) return;
    isDead = true;
    die();
  };
  return {
    get isDead() {
      return isDead;
    },
    get calls() {
      return calls;
    },
    death,
    wrap: (target) =>
      new Proxy(target, {
        get(object, name) {
          const value: unknown = Reflect.get(object, name);
          if (typeof value !== 'function') return value;
          // Quotes and the like are no calls to the outside.
          if (SYNCHRONOUS.has(String(name))) return value.bind(object);
          return async (...given: unknown[]) => {
            const call = ++calls;
            killAt(call, 'before');
            if (isDead) return never;
            try {
              return await value.apply(object, given);
            } finally {
              killAt(call, 'after');
              if (isDead) await never;
            }
          };
        },
      }),
  };
}

const SYNCHRONOUS: ReadonlySet<string> = new Set(['quote']);
