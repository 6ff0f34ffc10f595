import { Worker } from 'node:worker_threads';
import { type Check, type CheckResult, carryOut, isLong } from './check.ts';

/**
 * A thread for checks that may take long, so that the event loop is not blocked for calls, probes and cancellations.
 */
export interface CheckThread {
  /**
   * Executes a check: a short one immediately on the calling thread, others on the thread in the order of the calls.
   * Rejects with the signal's reason when it aborts; the thread is then terminated, and a new one executes the next
   * check.
   */
  run<C extends Check>(check: C, signal?: AbortSignal): Promise<CheckResult<C>>;
  /** Terminates the thread; waiting and running checks are rejected. */
  close(): Promise<void>;
}

interface Pending {
  readonly check: Check;
  readonly resolve: (result: CheckResult<Check>) => void;
  readonly reject: (error: unknown) => void;
}

/** Many times the need of the largest programs. */
const LIMITS = { maxOldGenerationSizeMb: 1024 };

/** A thread that starts with its first check. It does not keep the process alive while it has none. */
export function createCheckThread(): CheckThread {
  const waiting: Pending[] = [];
  let running: Pending | null = null;
  let worker: Worker | null = null;

  const start = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { name: 'qnn-checks', resourceLimits: LIMITS });
    const lost = (error: unknown) => {
      if (worker !== started) return;
      worker = null;
      finish((pending) => pending.reject(error));
    };
    started.on('message', (result: CheckResult<Check>) => {
      if (worker === started) finish((pending) => pending.resolve(result));
    });
    started.on('error', lost);
    started.on('exit', (code) => lost(new Error(`the thread for checks exited with code ${code}`)));
    worker = started;
    return started;
  };
  const finish = (settle: (pending: Pending) => void) => {
    const pending = running;
    running = null;
    worker?.unref();
    if (pending) settle(pending);
    dispatch();
  };
  const dispatch = () => {
    if (running || waiting.length === 0) return;
    running = waiting.shift() as Pending;
    const thread = worker ?? start();
    thread.ref();
    thread.postMessage(running.check);
  };
  /** Removes a check. The thread of a running one is terminated, since it has no state to save. */
  const drop = (pending: Pending) => {
    const at = waiting.indexOf(pending);
    if (at >= 0) waiting.splice(at, 1);
    if (running !== pending) return;
    const stopped = worker;
    worker = null;
    void stopped?.terminate();
    finish(() => undefined);
  };

  return {
    async run<C extends Check>(check: C, signal?: AbortSignal) {
      signal?.throwIfAborted();
      if (!isLong(check)) return carryOut(check);
      return new Promise<CheckResult<C>>((resolve, reject) => {
        const onAbort = () => {
          reject(signal?.reason);
          drop(pending);
        };
        const settled = () => signal?.removeEventListener('abort', onAbort);
        const pending: Pending = {
          check,
          resolve(result) {
            settled();
            resolve(result as CheckResult<C>);
          },
          reject(error) {
            settled();
            reject(error);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(pending);
        dispatch();
      });
    },
    async close() {
      const gone = new Error('the thread for checks is closed');
      for (const pending of waiting.splice(0)) pending.reject(gone);
      const stopped = worker;
      worker = null;
      finish((pending) => pending.reject(gone));
      await stopped?.terminate();
    },
  };
}

/** The thread for checks of this process. */
export const checks: CheckThread = createCheckThread();
