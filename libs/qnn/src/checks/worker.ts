import { parentPort } from 'node:worker_threads';
import { type Check, carryOut } from './check.ts';

// A thread that executes one check at a time. An error that is not a refusal terminates the thread and rejects the
// check.
parentPort?.on('message', (check: Check) => parentPort?.postMessage(carryOut(check)));
