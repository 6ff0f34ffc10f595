import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { VaeGanSettings } from '@qloom/tfjs/testing/vae-gan.ts';

/** PyTorch's times of a step. NaN: not measured, and `note` says why. */
export interface TorchTimes {
  readonly version: string;
  /** Milliseconds at the median. */
  readonly eager: number;
  readonly compiled: number;
  readonly note: string;
}

const SCRIPT = fileURLToPath(new URL('../../peers/torch_steps.py', import.meta.url));
const INSTALL =
  'not installed: pip install -r bench/peers/requirements.txt in an environment of its own, then QLOOM_BENCH_PYTHON';
const LIMIT_MS = 300_000;

/**
 * Times the same model in PyTorch in a separate process, on one thread of the CPU or on a CUDA device: eager, and with
 * torch.compile, whose compilation takes a minute.
 */
export async function timeTorch(
  { batch, width, convolutions }: VaeGanSettings,
  count: number,
  compile: boolean,
  device: 'cpu' | 'cuda' = 'cpu',
): Promise<TorchTimes> {
  const sizes = [String(batch), String(width), convolutions, String(count)];
  const given = [SCRIPT, ...sizes, compile ? 'compile' : 'eager', device];
  try {
    const python = process.env['QLOOM_BENCH_PYTHON'] ?? 'python3';
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const { stdout } = await promisify(execFile)(python, given, { env, timeout: LIMIT_MS });
    const { version, eager, compiled, problem } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    return { version, eager, compiled: compiled ?? Number.NaN, note: problem ? `torch.compile: ${problem}` : '' };
  } catch (error) {
    const text = `${(error as { stderr?: string }).stderr ?? ''}${error}`;
    const absent = text.includes('ENOENT') || text.includes('ModuleNotFoundError');
    const note = absent ? INSTALL : (text.match(/^\w*Error: .*$/m)?.[0] ?? text).slice(0, 200);
    return { version: '', eager: Number.NaN, compiled: Number.NaN, note };
  }
}
