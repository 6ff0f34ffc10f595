// A worker thread with its own engine. The first message is an engine’s name and a batch; every other one a number of
// times to execute its forward and adjoint. Each is answered when it is done.
import { parentPort } from 'node:worker_threads';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { batchOf, benchCircuit, benchObservables, type Problem, squaredErrorCotangents } from './problem.ts';

/** What a worker is for. */
export interface WorkerTask {
  readonly engine: string;
  readonly problem: Problem;
}

let step: () => Promise<unknown>;

parentPort?.on('message', async (message: WorkerTask | number) => {
  if (typeof message !== 'number') step = await prepare(message);
  const steps = typeof message === 'number' ? message : 1;
  for (let i = 0; i < steps; i++) await step();
  parentPort?.postMessage('done');
});

async function prepare({ engine, problem }: WorkerTask): Promise<() => Promise<unknown>> {
  const { qubits, layers } = problem;
  const compiled = await (await createEngine(engine)).compile(benchCircuit(qubits, layers), benchObservables(qubits));
  return () => compiled.differentiate(batchOf(problem), squaredErrorCotangents(problem));
}
