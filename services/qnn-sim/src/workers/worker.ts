import { parentPort, workerData } from 'node:worker_threads';
import { createJobRunner } from '../domain/jobs.ts';
import { createFileCache } from './engine-cache.ts';
import {
  type JobMessage,
  type ProgressMessage,
  type ReplyMessage,
  toErrorMessage,
  type WorkerSettings,
} from './messages.ts';

/** A thread that runs one job at a time for {@link createWorkerPool}. */
if (!parentPort) throw new Error('worker.ts runs as a worker thread of the pool, not on its own');
const port = parentPort;
const { engineCache } = workerData as WorkerSettings;
const runner = createJobRunner(
  () => performance.now(),
  engineCache === undefined ? undefined : createFileCache(engineCache),
);

port.on('message', async ({ job, stop }: JobMessage) => {
  const flag = new Int32Array(stop);
  const reply = (message: ReplyMessage | ProgressMessage) => port.postMessage(message);
  try {
    const shouldStop = () => Atomics.load(flag, 0) !== 0;
    reply({ result: await runner.run(job, shouldStop, (progress) => reply({ progress })) });
  } catch (error) {
    reply({ error: toErrorMessage(error) });
  }
});
