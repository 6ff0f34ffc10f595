// A worker thread with an engine of its own: executes forward and adjoint of a part of a batch, as often as it is asked to.
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { batchOf, benchCircuit, benchObservables, type Problem, squaredErrorCotangents } from './problem.ts';

const { engine: name, problem } = workerData as { engine: string; problem: Problem };
const engine = await createEngine(name);
const compiled = await engine.compile(benchCircuit(problem.qubits, problem.layers), benchObservables(problem.qubits));
const step = () => compiled.differentiate(batchOf(problem), squaredErrorCotangents(problem));
await step();
parentPort?.on('message', async (steps: number) => {
  for (let i = 0; i < steps; i++) await step();
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
