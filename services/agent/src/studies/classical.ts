import { Worker } from 'node:worker_threads';
import { type ClassicalTask, scoreClassical } from './score-classical.ts';

/** Up to this many labels an answer takes some 15 ms, less than a thread takes to start. */
const INLINE_LABELS = 60;

/**
 * Test accuracy of a classifier without a QNN. With many labels it runs on a thread of its own: choosing an SVC's
 * settings then takes seconds, for which the event loop must not wait. Rejects with what the thread throws, or with the
 * reason of `signal`.
 */
export async function classicalAccuracy(task: ClassicalTask, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  return task.labels.count <= INLINE_LABELS ? scoreClassical(task) : onThread(task, signal);
}

function onThread(task: ClassicalTask, signal: AbortSignal): Promise<number> {
  const worker = new Worker(new URL('./classical-worker.ts', import.meta.url));
  return new Promise<number>((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error(`${task.arm}: its thread ended without an answer`));
    });
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
