import { parentPort } from 'node:worker_threads';
import { type ClassicalTask, predictClassical } from '../domain/evaluation/predict-classical.ts';

/** A thread of {@link createClassicalThreads}: answers one task after the other. An error ends it. */
if (!parentPort) throw new Error('worker.ts runs as a thread of the agent, not on its own');
const port = parentPort;
port.on('message', (task: ClassicalTask) => port.postMessage(predictClassical(task)));
