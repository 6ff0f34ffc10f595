import { parentPort } from 'node:worker_threads';
import { CircuitError, CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { simulate } from '../domain/simulator/simulate.ts';
import type { TaskReply, ThreadTask, ThreadTasks } from './task-thread.ts';

/** The thread of {@link createTaskThread}: does one task after the other. */
if (!parentPort) throw new Error('worker.ts runs as a thread of the experiment service, not on its own');
const port = parentPort;
const WORK: { readonly [K in keyof ThreadTasks]: (task: ThreadTasks[K]['task']) => ThreadTasks[K]['result'] } = {
  simulate,
  transpile: ({ circuit, target }) => transpile(circuit, target),
};
const answer = ({ kind, task }: ThreadTask): TaskReply => {
  try {
    return { result: (WORK[kind] as (task: unknown) => unknown)(task) };
  } catch (error) {
    const isOfCircuit = error instanceof CircuitError || error instanceof CircuitTooLargeError;
    return { error: (error as Error).message, isOfCircuit };
  }
};
port.on('message', (task: ThreadTask) => port.postMessage(answer(task)));
