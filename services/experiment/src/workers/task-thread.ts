import { Worker } from 'node:worker_threads';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { CircuitError } from '@qloom/quantum/errors.ts';
import type { TranspileTarget } from '@qloom/quantum/transpile/target.ts';
import type { TranspiledCircuit } from '@qloom/quantum/transpile/transpile.ts';
import type { OutcomeCounts } from '../domain/backend/backend.ts';
import type { SimulationTask } from '../domain/simulator/simulate.ts';

/** What a thread does, by kind. */
export interface ThreadTasks {
  /** `simulate` of the simulator. */
  readonly simulate: { readonly task: SimulationTask; readonly result: OutcomeCounts[] };
  /** `transpile` of libs/quantum. */
  readonly transpile: {
    readonly task: { readonly circuit: Circuit; readonly target: TranspileTarget };
    readonly result: TranspiledCircuit;
  };
}

/** A thread that does tasks of one kind one after the other, so that the event loop stays free for calls and probes. */
export interface TaskThread<K extends keyof ThreadTasks> {
  /**
   * The result of a task. Rejects with CircuitError for a circuit that cannot be run, with the error of the task, with the reason of `signal`
   * once it has aborted, and with an Error if the thread ended.
   */
  run(task: ThreadTasks[K]['task'], signal: AbortSignal): Promise<ThreadTasks[K]['result']>;
  /** Ends the thread; what is under way is rejected. */
  close(): Promise<void>;
}

/** What the thread is sent. */
export interface ThreadTask {
  readonly kind: keyof ThreadTasks;
  readonly task: unknown;
}

/** What the thread answers. */
export type TaskReply = { readonly result: unknown } | { readonly error: string; readonly isOfCircuit: boolean };

/** Creates the thread, which starts with its first job and does not keep the process alive while it has none. */
export function createTaskThread<K extends keyof ThreadTasks>(kind: K): TaskThread<K> {
  type Task = ThreadTasks[K]['task'];
  type Result = ThreadTasks[K]['result'];
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const start = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { name: kind });
    started.once('exit', () => {
      if (thread === started) thread = undefined;
    });
    return started;
  };
  const run = async (task: Task, signal: AbortSignal): Promise<Result> => {
    signal.throwIfAborted();
    if (isClosed) throw new Error(`the thread for ${kind} is closed`);
    thread ??= start();
    const worker = thread;
    const { promise, resolve, reject } = Promise.withResolvers<TaskReply>();
    const stop = (): void => {
      reject(signal.reason);
      // A task cannot be interrupted, only its thread.
      void worker.terminate();
    };
    const ended = (): void => reject(new Error(`the thread for ${kind} ended without an answer`));
    worker.on('message', resolve).on('error', reject).on('exit', ended);
    signal.addEventListener('abort', stop, { once: true });
    worker.ref();
    worker.postMessage({ kind, task } satisfies ThreadTask);
    try {
      const reply = await promise;
      if ('error' in reply) throw reply.isOfCircuit ? new CircuitError(reply.error) : new Error(reply.error);
      return reply.result as Result;
    } finally {
      worker.unref();
      signal.removeEventListener('abort', stop);
      worker.off('message', resolve).off('error', reject).off('exit', ended);
    }
  };

  return {
    run(task, signal) {
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
