import { parentPort } from 'node:worker_threads';
import { type Check, carryOut } from './check.ts';

// A thread that carries out one check at a time. An error that is no refusal ends it, and with it the check.
parentPort?.on('message', (check: Check) => parentPort?.postMessage(carryOut(check)));
