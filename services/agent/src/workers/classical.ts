import { Worker } from 'node:worker_threads';
import { type ClassicalTask, predictClassical } from '../domain/evaluation/predict-classical.ts';

/** Up to this number of labels an answer takes about 15 ms, less than the start of a thread. */
const INLINE_LABELS = 60;

/**
 * Predicted class of each test point by a classifier without a QNN. With many labels it runs on its own thread, because
 * choosing an SVC's settings then takes seconds and must not block the event loop. Rejects with the thread's error, or
 * with the reason of `signal`.
 */
export async function classicalPredictions(task: ClassicalTask, signal: AbortSignal): Promise<Int32Array> {
  signal.throwIfAborted();
  return task.labels.count <= INLINE_LABELS ? predictClassical(task) : onThread(task, signal);
}

function onThread(task: ClassicalTask, signal: AbortSignal): Promise<Int32Array> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  return new Promise<Int32Array>((resolve, reject) => {
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
