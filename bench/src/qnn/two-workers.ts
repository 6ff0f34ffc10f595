import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { median } from '../percentile.ts';
import { lessIsBetter, type Row } from '../row.ts';
import { type Cell, cellName } from './cells.ts';
import { createProblem, type Problem } from './problem.ts';
import type { WorkerTask } from './worker-main.ts';

const ROUNDS = 5;
/** What a round takes at least. Unit: milliseconds. */
const ROUND_MS = 250;

/** A thread with a part of a batch. */
interface Part {
  /** Executes it so many times; resolves when all are done. */
  run(steps: number): Promise<void>;
  close(): Promise<unknown>;
}

/**
 * A batch on one worker thread beside the same batch in halves on two, each with an engine of its own, as services/qnn-sim
 * has them: medians of rounds in turn. 1.9 and more is what two cores should give.
 */
export async function twoWorkerRows(cell: Cell, engine: string, nowMs: () => number): Promise<Row[]> {
  const problem = createProblem(cell);
  const half = cell.batch / 2;
  const one = [await startPart(engine, problem)];
  const two = await Promise.all([
    startPart(engine, rowsOf(problem, 0, half)),
    startPart(engine, rowsOf(problem, half, cell.batch)),
  ]);
  try {
    const time = async (parts: readonly Part[], steps: number) => {
      const start = nowMs();
      await Promise.all(parts.map((part) => part.run(steps)));
      return (nowMs() - start) / steps;
    };
    const steps = Math.ceil(ROUND_MS / (await time(one, 3)));
    const times = { one: [] as number[], two: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      times.one.push(await time(one, steps));
      times.two.push(await time(two, steps));
    }
    const row = { bench: 'qnn', case: `${cellName(cell)}, ${engine}`, metric: 'a batch on two workers', unit: 'ms' };
    return [lessIsBetter({ ...row, value: median(times.two), peer: 'on one worker', peerValue: median(times.one) })];
  } finally {
    for (const part of [...one, ...two]) await part.close();
  }
}

async function startPart(engine: string, problem: Problem): Promise<Part> {
  const worker = new Worker(new URL('./worker-main.ts', import.meta.url));
  const ask = async (message: WorkerTask | number) => {
    const done = once(worker, 'message');
    worker.postMessage(message);
    await done;
  };
  await ask({ engine, problem });
  return { run: ask, close: () => worker.terminate() };
}

/** Rows `from` up to `to` of a problem. */
function rowsOf(problem: Problem, from: number, to: number): Problem {
  const { qubits, inputs, targets } = problem;
  const cut = (values: Float64Array) => values.slice(from * qubits, to * qubits);
  return { ...problem, batch: to - from, inputs: cut(inputs), targets: cut(targets) };
}
