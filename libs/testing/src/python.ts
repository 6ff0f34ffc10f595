import { execFileSync } from 'node:child_process';

const PROGRAM = 'import importlib.util, sys; print(*[n for n in sys.argv[1:] if importlib.util.find_spec(n) is None])';

/** The Python that tests start: `QLOOM_PYTHON`, such as that of a virtual environment, or `python3`. */
export function pythonProgram(): string {
  return process.env['QLOOM_PYTHON'] || 'python3';
}

/** Which of the modules `python` lacks; undefined if there is no such program. */
export function missingInPython(modules: readonly string[], python = 'python3'): readonly string[] | undefined {
  try {
    const missing = execFileSync(python, ['-c', PROGRAM, ...modules], { encoding: 'utf8' }).trim();
    return missing === '' ? [] : missing.split(' ');
  } catch {
    return undefined;
  }
}

/**
 * A `describe` that needs {@link pythonProgram} with some modules: skipped with a notice where they are missing, unless
 * `QLOOM_REQUIRE_PYTHON=1`, which makes that a failure.
 */
export function describeWithPython(title: string, modules: readonly string[], body: () => void): void {
  const missing = missingInPython(modules, pythonProgram());
  if (missing?.length === 0) {
    describe(title, body);
    return;
  }
  const problem = missing === undefined ? `no ${pythonProgram()}` : `${pythonProgram()} lacks ${missing.join(', ')}`;
  if (process.env['QLOOM_REQUIRE_PYTHON'] === '1') {
    describe(title, () => {
      it('finds its modules of Python, since QLOOM_REQUIRE_PYTHON=1', () => {
        throw new Error(
          `${problem}: install the requirements that .ci/run installs, and set QLOOM_PYTHON to that Python`,
        );
      });
    });
  } else {
    process.stderr.write(`skipped: ${problem}: ${title}\n`);
    describe.skip(title, body);
  }
}
