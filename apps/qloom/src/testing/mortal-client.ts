/** The life of a client that is killed at one of its calls. */
export interface Life {
  /** Answers and messages of streams that arrived so far. */
  readonly arrived: number;
  /** Resolves when it dies. */
  readonly death: Promise<void>;
  /** Aborts when it dies, as the connections of a dead process do. */
  readonly signal: AbortSignal;
  /** The same client, whose calls in `counted` count as arrivals; of streams those messages that `isCounted`. */
  wrap<T extends object>(target: T, counted: readonly (keyof T)[], isCounted?: (message: unknown) => boolean): T;
}

/**
 * A client that dies when its `killAt`-th answer arrives (from 1; 0: never): the call has had its effect, its caller never learns of it, and no
 * later call is made.
 */
export function createLife(killAt: number): Life {
  let arrived = 0;
  let isDead = false;
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  const connection = new AbortController();
  const never = new Promise<never>(() => {});
  const arrive = async (): Promise<void> => {
    if (!isDead && ++arrived === killAt) {
      isDead = true;
      connection.abort(new Error('killed'));
      die();
    }
    if (isDead) await never;
  };
  /** A stream whose messages and end arrive. */
  const stream = <T extends AsyncIterable<unknown>>(call: T, isCounted: (message: unknown) => boolean): T =>
    new Proxy(call, {
      get(object, name) {
        if (name !== Symbol.asyncIterator) {
          const value: unknown = Reflect.get(object, name);
          return typeof value === 'function' ? value.bind(object) : value;
        }
        return async function* () {
          for await (const message of object) {
            if (isCounted(message)) await arrive();
            yield message;
          }
          await arrive();
        };
      },
    });
  return {
    get arrived() {
      return arrived;
    },
    death,
    signal: connection.signal,
    wrap: (target, counted, isCounted = () => true) =>
      new Proxy(target, {
        get(object, name) {
          const value: unknown = Reflect.get(object, name);
          if (typeof value !== 'function') return value;
          const isOpen = !(counted as readonly (string | symbol)[]).includes(name);
          return (...given: unknown[]) => {
            if (isDead) return never;
            const result: unknown = value.apply(object, given);
            if (isOpen) return result;
            if (result instanceof Promise) return result.then((answer) => arrive().then(() => answer));
            return stream(result as AsyncIterable<unknown>, isCounted);
          };
        },
      }),
  };
}
