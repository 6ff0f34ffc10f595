import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const PROGRAM = 'import importlib.util, sys; print(*[n for n in sys.argv[1:] if importlib.util.find_spec(n) is None])';

/** The modules that this machine's Python lacks; undefined if there is no Python. */
export async function missingInPython(modules: readonly string[]): Promise<readonly string[] | undefined> {
  try {
    const { stdout } = await execute('python3', ['-c', PROGRAM, ...modules]);
    return stdout.trim() === '' ? [] : stdout.trim().split(' ');
  } catch {
    return undefined;
  }
}
