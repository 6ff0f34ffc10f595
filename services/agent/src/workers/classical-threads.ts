import { Worker } from 'node:worker_threads';
import type { ClassicalAnswer, ClassicalTask } from '../domain/evaluation/predict-classical.ts';

/**
 * Threads that fit classifiers without a QNN, so that the event loop stays free for calls and probes: a fit takes .3 s
 * with 60 labels, and many seconds with thousands.
 */
export interface ClassicalThreads {
  /** Number of threads, idle ones included. */
  readonly size: number;
  /**
   * The answer of `predictClassical`, made on an idle thread, or on a new one. There are as many threads as answers were
   * wanted at once, which the number of the agent's concurrent jobs bounds. Rejects with the error of the fit, with the reason of
   * `signal` once it has aborted, and with an Error if the thread ended.
   */
  answer(task: ClassicalTask, signal: AbortSignal): Promise<ClassicalAnswer>;
  /** Ends all threads; answers under way are rejected. */
  close(): Promise<void>;
}

/** Creates the threads, each at the first task that needs it. */
export function createClassicalThreads(): ClassicalThreads {
  const threads = new Set<Worker>();
  const idle: Worker[] = [];
  let isClosed = false;

  const start = (): Worker => {
    const thread = new Worker(new URL('./worker.ts', import.meta.url), { name: 'classical' });
    threads.add(thread);
    thread.once('exit', () => {
      threads.delete(thread);
      const at = idle.indexOf(thread);
      if (at >= 0) idle.splice(at, 1);
    });
    return thread;
  };

  return {
    get size() {
      return threads.size;
    },
    async answer(task, signal) {
      signal.throwIfAborted();
      if (isClosed) throw new Error(`${task.arm}: the agent's threads are closed`);
      const thread = idle.pop() ?? start();
      const { promise, resolve, reject } = Promise.withResolvers<ClassicalAnswer>();
      // A fit cannot be interrupted, only its thread.
      const stop = (): void => {
        reject(signal.reason);
        void thread.terminate();
      };
      const ended = (): void => reject(new Error(`${task.arm}: its thread ended without an answer`));
      thread.on('message', resolve).on('error', reject).on('exit', ended);
      signal.addEventListener('abort', stop, { once: true });
      thread.ref();
      thread.postMessage(task);
      try {
        const answer = await promise;
        signal.throwIfAborted();
        // Idle threads do not keep the process alive.
        thread.unref();
        idle.push(thread);
        return answer;
      } finally {
        signal.removeEventListener('abort', stop);
        thread.off('message', resolve).off('error', reject).off('exit', ended);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...threads].map((thread) => thread.terminate()));
    },
  };
}
