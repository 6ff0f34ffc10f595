import { parentPort } from 'node:worker_threads';
import { type ClassicalTask, predictClassical } from '../domain/evaluation/predict-classical.ts';

// One task a thread: whoever asked ends it after the answer.
parentPort?.on('message', (task: ClassicalTask) => parentPort?.postMessage(predictClassical(task)));
