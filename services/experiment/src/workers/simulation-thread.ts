import { Worker } from 'node:worker_threads';
import type { OutcomeCounts } from '../domain/backend/backend.ts';
import type { SimulationTask } from '../domain/simulator/simulate.ts';

/** A thread that simulates jobs one after the other, so that the event loop stays free for calls and probes. */
export interface SimulationThread {
  /**
   * The counts of `simulate`, made on the thread. Rejects with the error of the simulation, with the reason of `signal` once it has
   * aborted, and with an Error if the thread ended.
   */
  simulate(task: SimulationTask, signal: AbortSignal): Promise<OutcomeCounts[]>;
  /** Ends the thread; what is under way is rejected. */
  close(): Promise<void>;
}

/** What the thread answers. */
export type SimulationReply = { readonly counts: OutcomeCounts[] } | { readonly error: string };

/** Creates the thread, which starts with its first job and does not keep the process alive while it has none. */
export function createSimulationThread(): SimulationThread {
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const start = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { name: 'simulation' });
    started.once('exit', () => {
      if (thread === started) thread = undefined;
    });
    return started;
  };
  const run = async (task: SimulationTask, signal: AbortSignal): Promise<OutcomeCounts[]> => {
    signal.throwIfAborted();
    if (isClosed) throw new Error('the simulation thread is closed');
    thread ??= start();
    const worker = thread;
    const { promise, resolve, reject } = Promise.withResolvers<SimulationReply>();
    const stop = (): void => {
      reject(signal.reason);
      // A simulation cannot be interrupted, only its thread.
      void worker.terminate();
    };
    const ended = (): void => reject(new Error('the simulation thread ended without an answer'));
    worker.on('message', resolve).on('error', reject).on('exit', ended);
    signal.addEventListener('abort', stop, { once: true });
    worker.ref();
    worker.postMessage(task);
    try {
      const reply = await promise;
      if ('error' in reply) throw new Error(reply.error);
      return reply.counts;
    } finally {
      worker.unref();
      signal.removeEventListener('abort', stop);
      worker.off('message', resolve).off('error', reject).off('exit', ended);
    }
  };

  return {
    simulate(task, signal) {
      const next = last.then(() => run(task, signal));
      last = next.catch(() => {});
      return next;
    },
    async close() {
      isClosed = true;
      await thread?.terminate();
    },
  };
}
