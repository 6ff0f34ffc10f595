import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programKernels } from '@qloom/qnn/engine/wasm/compile.ts';
import type { Host } from '@qloom/qnn/engine/wasm/host.ts';
import { ContenderError } from '../contenders/contender.ts';
import { printC } from './print-c.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../../peers/qnn_limit.c', import.meta.url));
const FLAGS = ['-O3', '-march=native', '-Wno-unused-function'];

/** Bits of the C program's vectors: as many as WebAssembly's, or twice. */
export type LimitWidth = 128 | 256;

/** A circuit's kernels, compiled by gcc, in a process of their own. */
export interface CProgram {
  /** Where the memory is after the blocks have been executed once, from when the first time has come on. */
  readonly out: string;
  /** Executes the blocks so many times; milliseconds. Throws {@link ContenderError} when the program has ended. */
  time(times: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Prints the kernels of a host's circuit as C, compiles them in `folder`, and starts them on a copy of the host's memory, for the
 * blocks up to address `end`. Throws {@link ContenderError} where gcc is missing or refuses.
 */
export async function startCProgram(host: Host, end: number, width: LimitWidth, folder: string): Promise<CProgram> {
  const [image, out, kernels, binary] = ['image', 'out', 'kernels.inc', 'limit'].map((name) => join(folder, name));
  const { memory } = host.program;
  await writeFile(image, new Uint8Array(host.numbers.buffer));
  await writeFile(kernels, printC(programKernels(host.program), { CLEAR: 'clear', GRADIENTS: 'gradients' }));
  const sizes = [`-DBYTES=${host.numbers.buffer.byteLength}`, `-DVECTOR_BYTES=${width / 8}`];
  await run('gcc', [...FLAGS, `-DKERNELS="${kernels}"`, ...sizes, PROGRAM, '-o', binary, '-lm']).catch(explain);
  const places = [memory.totals, memory.totalsEnd, memory.blocks, end].map(String);
  const child = spawn(binary, [image, out, ...places], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  // A program that ended before it read what was sent: its answers end.
  child.stdin.on('error', () => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    out,
    async time(times) {
      child.stdin.write(`${times}\n`);
      const { value, done } = await answers.next();
      if (done) throw new ContenderError('C: the program ended');
      return Number(value);
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

function explain(error: NodeJS.ErrnoException & { stderr?: string }): never {
  if (error.code === 'ENOENT') throw new ContenderError('not installed: gcc');
  throw new ContenderError(`gcc: ${error.stderr?.split('\n').find((line) => line.includes('error')) ?? error.message}`);
}
