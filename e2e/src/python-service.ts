import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonProgram } from '@qloom/testing/python.ts';
import { type SpawnedMain, spawnProgram } from '@qloom/testing/spawn-main.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';

const execute = promisify(execFile);
/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}examples/services`;

/** What every example service in Python and its tests import. */
export const PYTHON_MODULES = ['grpc', 'grpc_health', 'grpc_status', 'grpc_tools', 'pytest', 'numpy'] as const;

/** An example service that runs as a process. */
export interface PythonService {
  /** Its address: `unix:…`. */
  readonly address: string;
  /** Runs a module of Python in the folder of the services, with the stubs; rejects unless its exit code is 0. */
  run(...args: readonly string[]): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Runs Python; resolves with what it printed, and rejects with that unless its exit code is 0. */
export async function runPython(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    return (await execute(pythonProgram(), [...args], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`python ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** Makes the stubs in a folder of their own, and starts `examples/services/<module>` with them. */
export async function startPythonService(module: string): Promise<PythonService> {
  const folder = await createTempFolder();
  const env = {
    PYTHONPATH: folder.path,
    PYTHONDONTWRITEBYTECODE: '1',
    // What the service compiles, its tests need not compile again.
    JAX_COMPILATION_CACHE_DIR: folder.file('jax'),
    JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0',
  };
  await runPython(['make_stubs.py', `${ROOT}proto`, folder.path], { cwd: FOLDER });
  const address = folder.socket('service');
  const main: SpawnedMain = spawnProgram(pythonProgram(), ['-m', module], {
    env: { ...env, QLOOM_LISTEN: address },
    cwd: FOLDER,
  });
  await main.ready;
  return {
    address,
    async run(...args) {
      await runPython(['-m', ...args], { cwd: FOLDER, env: { ...process.env, ...env } });
    },
    async stop() {
      const { code } = await main.stop();
      await folder.remove();
      return code;
    },
  };
}
