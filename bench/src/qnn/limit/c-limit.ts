import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assemble, type CompileOptions, planProgram, programKernels } from '@qloom/qnn/engine/wasm/compile.ts';
import { createHost, type Host } from '@qloom/qnn/engine/wasm/host.ts';
import { ContenderError } from '../contender.ts';
import { batchOf, benchCircuit, benchObservables, type Problem } from '../problem.ts';
import { printC } from './print-c.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../../peers/qnn_limit.c', import.meta.url));
const FLAGS = ['-O3', '-march=native', '-Wno-unused-function'];

/** Bits of the C program's vectors: as many as WebAssembly's, or twice. */
export type LimitWidth = 128 | 256;

/** How much is measured: rounds of turns, each of so many seconds. */
export interface LimitEffort {
  readonly rounds: number;
  readonly seconds: number;
}

/** Times of a batch of kernels, milliseconds. */
export interface LimitTimes {
  readonly c: readonly number[];
  readonly wasm: readonly number[];
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

/**
 * Executes forward and adjoint of a problem's batch as C and as WebAssembly, in turn: the same kernels over the same memory, and
 * nothing else on either side. Throws {@link ContenderError} where gcc is missing, and when the results differ by more
 * than roundings. `nowMs` is a monotonic clock.
 */
export async function measureLimit(
  problem: Problem,
  width: LimitWidth,
  { rounds, seconds }: LimitEffort,
  nowMs: () => number,
): Promise<LimitTimes> {
  const ours = prepareChunk(problem, 1);
  const image = width === 128 ? ours : prepareChunk(problem, 2);
  const folder = await mkdtemp(join(tmpdir(), 'qloom-limit-'));
  try {
    const call = await buildProgram(image, width, folder);
    const times = { c: [] as number[], wasm: [] as number[] };
    ours.run();
    if (image !== ours) image.run();
    for (let round = 0; round < rounds; round++) {
      times.c.push(...(await call(seconds)));
      if (round === 0) requireEqual(image.host.numbers, await readFile(join(folder, 'out')));
      const begin = nowMs();
      while (nowMs() - begin < 1e3 * seconds) {
        const start = nowMs();
        for (let i = 0; i < ours.count; i++) ours.run();
        times.wasm.push(nowMs() - start);
      }
    }
    return times;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function prepareChunk(problem: Problem, registers: 1 | 2): Chunk {
  const options: CompileOptions = { precision: 'float32', registers, fused: false, maxBytes: 2 ** 30 };
  const program = planProgram(benchCircuit(problem.qubits, problem.layers), benchObservables(problem.qubits), options);
  const { memory, chunkRows } = program;
  const host = createHost(program, new WebAssembly.Module(assemble(program, options)));
  const rows = Math.min(chunkRows, problem.batch);
  const batch = batchOf(problem);
  host.setParameters(batch.parameters, 0);
  const end = host.setInputs(batch.inputs, 0, rows);
  host.setCotangents(new Float64Array(rows * problem.qubits).fill(1 / rows), 0, rows);
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

/** Compiles the C program for a chunk; what it returns executes it for some seconds, and gives the times of its batches. */
async function buildProgram(
  { host, end, count }: Chunk,
  width: LimitWidth,
  folder: string,
): Promise<(seconds: number) => Promise<number[]>> {
  const [image, out, kernels, binary] = ['image', 'out', 'kernels.inc', 'limit'].map((name) => join(folder, name));
  const { memory } = host.program;
  await writeFile(image, new Uint8Array(host.numbers.buffer));
  await writeFile(kernels, printC(programKernels(host.program), { CLEAR: 'clear', GRADIENTS: 'gradients' }));
  const sizes = [`-DBYTES=${host.numbers.buffer.byteLength}`, `-DVECTOR_BYTES=${width / 8}`];
  await run('gcc', [...FLAGS, `-DKERNELS="${kernels}"`, ...sizes, PROGRAM, '-o', binary, '-lm']).catch(explain);
  const places = [memory.totals, memory.totalsEnd, memory.blocks, end].map(String);
  return async (seconds) => {
    const { stdout } = await run(binary, [image, out, ...places, String(count), String(seconds)]);
    return stdout.trim().split('\n').map(Number);
  };
}

function explain(error: NodeJS.ErrnoException & { stderr?: string }): never {
  if (error.code === 'ENOENT') throw new ContenderError('not installed: gcc');
  throw new ContenderError(`gcc: ${error.stderr?.split('\n').find((line) => line.includes('error')) ?? error.message}`);
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
