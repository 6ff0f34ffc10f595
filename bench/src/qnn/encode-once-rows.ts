import type { CompiledCircuit } from '@qloom/qnn/engine/engine.ts';
import { assemble, type CompileOptions, planProgram } from '@qloom/qnn/engine/wasm/compile.ts';
import { createHost } from '@qloom/qnn/engine/wasm/host.ts';
import { createWasmEngine } from '@qloom/qnn/engine/wasm/wasm-engine.ts';
import { median } from '../harness/percentile.ts';
import { formatNumber, lessIsBetter, type Row } from '../harness/row.ts';
import { disagreement } from './agreement.ts';
import { type Cell, cellName } from './cells.ts';
import { timeCalls } from './contenders/contender.ts';
import { WrongEngineError } from './measure-cell.ts';
import {
  batchOf,
  benchCircuit,
  benchObservables,
  createProblem,
  type Problem,
  squaredErrorCotangents,
} from './problem.ts';

/** What is measured where nothing else is asked for. */
export const ENCODE_ONCE_CELLS: readonly Cell[] = [
  { qubits: 4, layers: 6, batch: 1024 },
  { qubits: 4, layers: 20, batch: 1024 },
];

/** The two ways come in turn so many times; after so many seconds of a turn no further batch begins. */
const EFFORT = { rounds: 5, seconds: 0.15, most: 1000 };

const OPTIONS: CompileOptions = { precision: 'float32', registers: 1, fused: false, maxBytes: 2 ** 30 };

/** One way through a batch, as a whole and its kernels alone. */
interface Way {
  readonly compiled: CompiledCircuit;
  readonly kernels: () => void;
}

/**
 * The table's circuit with its inputs in the first layer alone: by columns of U(θ) beside the same engine row by row, whole steps
 * and kernels alone, in turn in one run; what was to be expected by count is in the note. Throws WrongEngineError where
 * the two disagree.
 */
export async function encodeOnceRows(cell: Cell, nowMs: () => number): Promise<Row[]> {
  const problem = createProblem(cell);
  const columns = await prepare(problem, true);
  const rowWise = await prepare(problem, false);
  await requireAgreement(cell, columns.compiled, rowWise.compiled, problem);
  const note = `by count ${formatNumber(expectedGain(problem))}×`;
  const row = {
    bench: 'qnn',
    case: `${cellName(cell)}, encoded once, wasm float32`,
    unit: 'ms',
    peer: 'row by row',
    note,
  };
  const compare = async (metric: string, call: (way: Way) => unknown): Promise<Row> => {
    const [ours, peers] = await timeInTurn([columns, rowWise], call, nowMs);
    return lessIsBetter({ ...row, metric, value: median(ours), peerValue: median(peers) });
  };
  return [
    await compare('forward + adjoint', ({ compiled }) => step(compiled, problem)),
    await compare('kernels, one core', ({ kernels }) => kernels()),
  ];
}

const step = (compiled: CompiledCircuit, problem: Problem) =>
  compiled.differentiate(batchOf(problem), squaredErrorCotangents(problem));

async function prepare(problem: Problem, encodeOnce: boolean): Promise<Way> {
  const circuit = benchCircuit(problem.qubits, problem.layers, false);
  const observables = benchObservables(problem.qubits);
  const compiled = await createWasmEngine({ encodeOnce }).compile(circuit, observables);
  return { compiled, kernels: prepareKernels(problem, encodeOnce) };
}

/** The kernels of a step over a batch, on one chunk's rows again and again. */
function prepareKernels(problem: Problem, encodeOnce: boolean): () => void {
  const options = { ...OPTIONS, encodeOnce };
  const program = planProgram(
    benchCircuit(problem.qubits, problem.layers, false),
    benchObservables(problem.qubits),
    options,
  );
  const host = createHost(program, new WebAssembly.Module(assemble(program, options)));
  const { exports } = host;
  const { parameters, inputs } = batchOf(problem);
  const rows = Math.min(program.chunkRows, problem.batch);
  const chunks = Math.ceil(problem.batch / rows);
  const from = program.memory.blocks;
  host.setParameters(parameters, 0);
  const end = host.setInputs(inputs, 0, rows);
  const eachChunk = (visit: () => void) => {
    for (let chunk = 0; chunk < chunks; chunk++) visit();
  };
  if (!encodeOnce) {
    return () =>
      eachChunk(() => {
        host.clearTotals();
        exports.gradients(from, end);
      });
  }
  return () => {
    exports.prepareColumns?.();
    eachChunk(() => {
      exports.evaluateRows?.(from, end);
      exports.collectBlocks?.(from, end);
    });
    exports.settleTotals?.();
    host.clearTotals();
    exports.returnColumns?.();
  };
}

/** How many times fewer operations columns take for a batch; see the engine's encode-once/operations.ts. */
export function expectedGain({ qubits, layers, batch }: Cell): number {
  const circuit = benchCircuit(qubits, layers, false);
  const { encodeOnce } = planProgram(circuit, benchObservables(qubits), { ...OPTIONS, encodeOnce: true });
  if (encodeOnce === null)
    throw new RangeError(`encode-once: ${cellName({ qubits, layers, batch })} does not encode once`);
  const { rowWise, perRow, perVector } = encodeOnce.operations;
  return (rowWise * batch) / (perVector + perRow * batch);
}

async function requireAgreement(
  cell: Cell,
  columns: CompiledCircuit,
  rowWise: CompiledCircuit,
  problem: Problem,
): Promise<void> {
  const [ours, theirs] = [await step(columns, problem), await step(rowWise, problem)].map(
    ({ expectations, parameters: gradient }) => ({ expectations, gradient }),
  );
  const wrong = disagreement(theirs, ours);
  if (wrong !== undefined) throw new WrongEngineError(`columns, ${cellName(cell)}: ${wrong} from row by row`);
}

async function timeInTurn(ways: readonly Way[], call: (way: Way) => unknown, nowMs: () => number): Promise<number[][]> {
  const times: number[][] = ways.map(() => []);
  for (const way of ways) await timeCalls(() => call(way), EFFORT.seconds, EFFORT.most, nowMs);
  for (let round = 0; round < EFFORT.rounds; round++) {
    for (const [i, way] of ways.entries()) {
      times[i].push(...(await timeCalls(() => call(way), EFFORT.seconds, EFFORT.most, nowMs)));
    }
  }
  return times;
}
