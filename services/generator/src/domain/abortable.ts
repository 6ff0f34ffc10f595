import { CancelledError } from './errors.ts';

/** Throws CancelledError when the signal has been raised. */
export function throwIfAborted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new CancelledError(`${what} was cancelled`);
}

/** The promise, or CancelledError as soon as the signal is raised. What is left of the promise is not waited for. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  promise.catch(() => undefined);
  throwIfAborted(signal, what);
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        onAbort = () => reject(new CancelledError(`${what} was cancelled`));
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
