import { Worker } from 'node:worker_threads';
import type { Job, JobPool, JobProgress, JobResult } from '../domain/jobs.ts';
import { fromErrorMessage, type ProgressMessage, type ReplyMessage, type WorkerSettings } from './messages.ts';

/** Threads that run jobs, so that the event loop stays free for calls, probes and cancellations. */
export interface WorkerPool extends JobPool {
  /** Number of jobs that wait or run. */
  readonly load: number;
  /**
   * Runs a job on the next free thread, in the order of the calls. Rejects with the error of the job; with the signal's
   * reason once it has aborted (the thread is then free within {@link STOP_GRACE_MS} and the time of a start-up); with
   * WorkerLostError if the thread died.
   */
  run<J extends Job>(job: J, signal?: AbortSignal, onProgress?: (at: JobProgress) => void): Promise<JobResult<J>>;
  /** Ends all threads; jobs that wait or run are rejected with WorkerLostError. */
  close(): Promise<void>;
}

/** Thrown when a job's thread was lost: killed, out of memory, or the pool was closed. The job can be retried. */
class WorkerLostError extends Error {
  override name = 'WorkerLostError';
  readonly code = 'unavailable';
}

/** Time that a job has to stop before its thread is terminated. Unit: milliseconds. */
const STOP_GRACE_MS = 400;

interface Pending {
  readonly job: Job;
  readonly stop: SharedArrayBuffer;
  readonly settle: (reply: ReplyMessage | Error) => void;
  readonly onProgress: ((at: JobProgress) => void) | undefined;
}

interface Slot {
  worker: Worker | null;
  current: Pending | null;
}

/** Starts a pool of `size` threads; each starts with its first job. */
export function createWorkerPool(size: number, settings: WorkerSettings = {}): WorkerPool {
  const slots: Slot[] = Array.from({ length: size }, () => ({ worker: null, current: null }));
  const waiting: Pending[] = [];
  let closed = false;

  const start = (slot: Slot): Worker => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      name: 'qnn-sim',
      workerData: settings,
    });
    const lost = (message: string) => {
      if (slot.worker !== worker) return;
      slot.worker = null;
      finish(slot, new WorkerLostError(message));
    };
    worker.on('message', (message: ReplyMessage | ProgressMessage) => {
      if (slot.worker !== worker) return;
      if ('progress' in message) slot.current?.onProgress?.(message.progress);
      else finish(slot, message);
    });
    worker.on('error', (error) => lost(`the worker thread failed: ${error instanceof Error ? error.message : error}`));
    worker.on('exit', (code) => lost(`the worker thread exited with code ${code}`));
    // Idle threads do not keep the process alive.
    worker.unref();
    slot.worker = worker;
    return worker;
  };
  const finish = (slot: Slot, reply: ReplyMessage | Error) => {
    const pending = slot.current;
    slot.current = null;
    slot.worker?.unref();
    pending?.settle(reply);
    dispatch();
  };
  const dispatch = () => {
    while (waiting.length > 0 && !closed) {
      const slot = slots.find((candidate) => candidate.current === null);
      if (!slot) return;
      const pending = waiting.shift() as Pending;
      slot.current = pending;
      const worker = slot.worker ?? start(slot);
      worker.ref();
      worker.postMessage({ job: pending.job, stop: pending.stop });
    }
  };
  /** Requests that the job stop; terminates its thread if it does not. */
  const stop = (pending: Pending) => {
    const queued = waiting.indexOf(pending);
    if (queued >= 0) waiting.splice(queued, 1);
    Atomics.store(new Int32Array(pending.stop), 0, 1);
    const slot = slots.find((candidate) => candidate.current === pending);
    if (!slot) return;
    setTimeout(() => {
      if (slot.current !== pending) return;
      const { worker } = slot;
      slot.worker = null;
      void worker?.terminate();
      finish(slot, new WorkerLostError('the worker thread was stopped'));
    }, STOP_GRACE_MS);
  };

  return {
    size,
    get load() {
      return waiting.length + slots.filter((slot) => slot.current !== null).length;
    },
    run<J extends Job>(job: J, signal?: AbortSignal, onProgress?: (at: JobProgress) => void) {
      return new Promise<JobResult<J>>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (closed) return reject(new WorkerLostError('the worker pool is closed'));
        const onAbort = () => {
          reject(signal?.reason);
          stop(pending);
        };
        const pending: Pending = {
          job,
          stop: new SharedArrayBuffer(4),
          onProgress,
          settle(reply) {
            signal?.removeEventListener('abort', onAbort);
            if (reply instanceof Error) reject(reply);
            else if ('error' in reply) reject(fromErrorMessage(reply.error));
            else resolve(reply.result as JobResult<J>);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(pending);
        dispatch();
      });
    },
    async close() {
      closed = true;
      const gone = new WorkerLostError('the worker pool is closed');
      for (const pending of waiting.splice(0)) pending.settle(gone);
      await Promise.all(
        slots.map(async (slot) => {
          const { worker } = slot;
          slot.worker = null;
          finish(slot, gone);
          await worker?.terminate();
        }),
      );
    },
  };
}
