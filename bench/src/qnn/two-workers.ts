import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { median } from '../harness/percentile.ts';
import { lessIsBetter, type Row } from '../harness/row.ts';
import { type Cell, cellName } from './cells.ts';
import {
  batchOf,
  benchCircuit,
  benchObservables,
  createProblem,
  type Problem,
  squaredErrorCotangents,
} from './problem.ts';
import type { WorkerTask } from './worker-main.ts';

const ROUNDS = 5;
/** What a turn takes at least, and warming up. Unit: milliseconds. */
const TURN_MS = 250;

/** Executes a batch so many times. */
interface Runner {
  run(steps: number): Promise<unknown>;
  close(): unknown;
}

/**
 * Compares a batch on an engine with two threads with the same on one: medians of turns. The note says what the machine
 * has for two: the whole batch on each of two threads that have nothing to do with each other, in turns of the same
 * rounds.
 */
export async function twoWorkerRows(cell: Cell, engine: string, nowMs: () => number): Promise<Row[]> {
  const problem = createProblem(cell);
  const [one, two] = [await startThreads(engine, problem, 1), await startThreads(engine, problem, 2)];
  const twins = [await startWorker(engine, problem), await startWorker(engine, problem)];
  try {
    const time = async (runners: readonly Runner[], steps: number) => {
      const start = nowMs();
      await Promise.all(runners.map((runner) => runner.run(steps)));
      return (nowMs() - start) / steps;
    };
    // The first batches are slower, and start the threads.
    const steps = Math.ceil(TURN_MS / (await time([one], 3)));
    for (const runners of [[one], [two], twins]) await time(runners, steps);
    const times = { one: [] as number[], two: [] as number[], twins: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      times.one.push(await time([one], steps));
      times.two.push(await time([two], steps));
      times.twins.push(await time(twins, steps));
    }
    const given = ((2 * median(times.one)) / median(times.twins)).toFixed(2);
    const row = { bench: 'qnn', case: `${cellName(cell)}, ${engine}`, metric: 'a batch on two threads', unit: 'ms' };
    const note = `two batches at once on two threads of their own: ${given} times as many`;
    const values = { value: median(times.two), peer: 'on one thread', peerValue: median(times.one) };
    return [lessIsBetter({ ...row, ...values, note })];
  } finally {
    for (const runner of [one, two, ...twins]) await runner.close();
  }
}

async function startThreads(name: string, problem: Problem, threads: number): Promise<Runner> {
  const engine = await createEngine(name, { threads });
  const { qubits, layers } = problem;
  const compiled = await engine.compile(benchCircuit(qubits, layers), benchObservables(qubits));
  const cotangents = squaredErrorCotangents(problem);
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) await compiled.differentiate(batchOf(problem), cotangents);
    },
    close: () => engine.dispose(),
  };
}

async function startWorker(engine: string, problem: Problem): Promise<Runner> {
  const worker = new Worker(new URL('./worker-main.ts', import.meta.url));
  const ask = async (message: WorkerTask | number) => {
    const done = once(worker, 'message');
    worker.postMessage(message);
    await done;
  };
  await ask({ engine, problem });
  return { run: ask, close: () => worker.terminate() };
}
