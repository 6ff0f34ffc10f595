import { setImmediate as nextTurn } from 'node:timers/promises';

/** A long computation cut into steps of at most some ten milliseconds; it yields between them and returns its result. */
export type Steps<T> = Generator<void, T>;

/** Runs all steps now. */
export function runNow<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs the steps, giving the event loop a turn between any two. Rejects with the signal's reason once it is aborted. */
export async function runInTurns<T>(steps: Steps<T>, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
  for (;;) {
    options.signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    await nextTurn();
  }
}
