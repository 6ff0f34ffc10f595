import { parentPort } from 'node:worker_threads';
import { type SimulationTask, simulate } from '../domain/simulator/simulate.ts';
import type { SimulationReply } from './simulation-thread.ts';

/** The thread of {@link createSimulationThread}: simulates one job after the other. */
if (!parentPort) throw new Error('worker.ts runs as a thread of the experiment service, not on its own');
const port = parentPort;
const answer = (task: SimulationTask): SimulationReply => {
  try {
    return { counts: simulate(task) };
  } catch (error) {
    return { error: (error as Error).message };
  }
};
port.on('message', (task: SimulationTask) => port.postMessage(answer(task)));
