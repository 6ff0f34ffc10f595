import { parentPort } from 'node:worker_threads';
import { type ClassicalTask, predictClassical } from '../domain/evaluation/predict-classical.ts';

// One task per thread: the caller terminates it after the answer.
parentPort?.on('message', (task: ClassicalTask) => parentPort?.postMessage(predictClassical(task)));
