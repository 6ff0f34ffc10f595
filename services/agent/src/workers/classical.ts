import { Worker } from 'node:worker_threads';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { type ClassicalAnswer, type ClassicalTask, classicalSteps } from '../domain/evaluation/predict-classical.ts';

/** Up to this number of labels an answer is made on this thread, in steps of at most about 25 ms. */
const INLINE_LABELS = 60;

/**
 * The answer of a classifier without a QNN for the test points. With few labels it takes less than the start of a thread,
 * or about half a second for the teacher's members; with many it runs on its own thread, because choosing an SVC's settings
 * then takes seconds in one step and must not block the event loop. Rejects with the thread's error, or
 * with the reason of `signal`.
 */
export async function classicalAnswer(task: ClassicalTask, signal: AbortSignal): Promise<ClassicalAnswer> {
  signal.throwIfAborted();
  return task.labels.count <= INLINE_LABELS ? runInTurns(classicalSteps(task), { signal }) : onThread(task, signal);
}

function onThread(task: ClassicalTask, signal: AbortSignal): Promise<ClassicalAnswer> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  return new Promise<ClassicalAnswer>((resolve, reject) => {
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
