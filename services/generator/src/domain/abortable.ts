import { CancelledError } from './errors.ts';

/** Throws CancelledError if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new CancelledError(`${what} was cancelled`);
}

/**
 * Resolves like the promise, or rejects with CancelledError as soon as the signal is aborted, without waiting for the
 * promise.
 */
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
