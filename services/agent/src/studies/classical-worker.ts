import { parentPort } from 'node:worker_threads';
import { type ClassicalTask, scoreClassical } from './score-classical.ts';

// One task a thread: whoever asked ends it after the answer.
parentPort?.on('message', (task: ClassicalTask) => parentPort?.postMessage(scoreClassical(task)));
