import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, type CompileOptions, planProgram } from '@qloom/qnn/engine/wasm/compile.ts';
import { createHost, type Host } from '@qloom/qnn/engine/wasm/host.ts';
import { ContenderError } from '../contenders/contender.ts';
import { batchOf, benchCircuit, benchObservables, type Problem } from '../problem.ts';
import { type LimitWidth, startCProgram } from './c-program.ts';

/** How much is measured: pairs of turns, each of about so many milliseconds. */
export interface LimitEffort {
  readonly pairs: number;
  readonly turnMs: number;
}

/** Times of a batch of kernels in one pair of turns, milliseconds. */
export interface LimitPair {
  readonly c: number;
  readonly wasm: number;
}

/** Bits of the vectors of either side. */
export interface LimitWidths {
  readonly wasm: LimitWidth;
  readonly c: LimitWidth;
}

/** A chunk of a problem's rows, ready in an engine's memory. */
interface Chunk {
  readonly host: Host;
  /** Address after its last block. */
  readonly end: number;
  /** Chunks in a batch. */
  readonly count: number;
  /** Forward and adjoint. */
  run(): void;
}

/** Milliseconds that WebAssembly is executed before it is timed: V8 compiles what is used often once more. */
const WARM_MS = 300;

/**
 * Executes forward and adjoint of a problem's batch as C and as WebAssembly: the same kernels, and nothing else on either side.
 * Vectors have one register at 128 bit, and at 256 two, which V8 may merge; over the same memory where both are as wide. They take
 * turns of a few milliseconds, C first and last in turn, since a processor's clock changes within a tenth of a second. Throws
 * {@link ContenderError} where gcc is missing, and when the results differ by more than roundings. `nowMs` is a monotonic clock.
 */
export async function measureLimit(
  problem: Problem,
  { wasm: width, c: cWidth }: LimitWidths,
  { pairs, turnMs }: LimitEffort,
  nowMs: () => number,
): Promise<LimitPair[]> {
  const ours = prepareChunk(problem, width);
  const theirs = cWidth === width ? ours : prepareChunk(problem, cWidth);
  const folder = await mkdtemp(join(tmpdir(), 'qloom-limit-'));
  try {
    const program = await startCProgram(theirs.host, theirs.end, cWidth, folder);
    try {
      const call = (times: number) => {
        const start = nowMs();
        for (let i = 0; i < times; i++) ours.run();
        return nowMs() - start;
      };
      theirs.run();
      await program.time(1);
      requireEqual(theirs.host.numbers, await readFile(program.out));
      for (let spent = 0; spent < WARM_MS; ) spent += call(ours.count);
      const times = Math.max(1, Math.round(turnMs / call(1)));
      const cTimes = Math.max(1, Math.round((times * theirs.count) / ours.count));
      // Of a batch, in milliseconds.
      const time = async () => ((await program.time(cTimes)) * theirs.count) / cTimes;
      const out: LimitPair[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        const first = pair % 2 === 0 ? await time() : 0;
        const wasm = (call(times) * ours.count) / times;
        out.push({ c: first || (await time()), wasm });
      }
      return out;
    } finally {
      await program.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

function prepareChunk(problem: Problem, width: LimitWidth): Chunk {
  const registers = width === 128 ? 1 : 2;
  const options: CompileOptions = { precision: 'float32', registers, fused: false, maxBytes: 2 ** 30 };
  const program = planProgram(benchCircuit(problem.qubits, problem.layers), benchObservables(problem.qubits), options);
  const { memory, chunkRows } = program;
  const host = createHost(program, new WebAssembly.Module(assemble(program, options)));
  const rows = Math.min(chunkRows, problem.batch);
  const batch = batchOf(problem);
  host.setParameters(batch.parameters, 0);
  const end = host.setInputs(batch.inputs, 0, rows);
  host.readout.setCotangents(new Float64Array(rows * problem.qubits).fill(1 / rows), 0, rows);
  return {
    host,
    end,
    count: Math.ceil(problem.batch / rows),
    run() {
      host.clearTotals();
      host.exports.gradients(memory.blocks, end);
    },
  };
}

/** C contracts a product and a sum to one operation, so the last digits differ. */
function requireEqual(ours: Float32Array | Float64Array, bytes: Buffer): void {
  const theirs = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  for (let i = 0; i < ours.length; i++) {
    if (Math.abs(ours[i] - theirs[i]) > 1e-3 * Math.max(1, Math.abs(ours[i]))) {
      throw new ContenderError(`C: byte ${4 * i} of the memory has ${theirs[i]} instead of ${ours[i]}`);
    }
  }
}
