import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Issue {
  readonly file: string;
  readonly exports?: readonly { readonly name: string }[];
  readonly types?: readonly { readonly name: string }[];
}

/** Libraries whose API may be larger than its use here: what their READMEs list is for readers. */
const LIBRARY = /^libs\/(quantum|qnn|tfjs|metrics|acquisition)\/src\/(?!testing\/)/;

/** Code of tests. */
const TESTS = /^(e2e|libs\/testing)\/|\/(testing|fixtures)\//;

/** Exports that only a spec uses, and why. */
const CHECKED_BY_SPECS = [
  'bench/src/compiled/one-graph.ts: JOINT_LOSSES', // names of the losses that its spec compares one by one
  'libs/study-rpc/src/services.ts: CONTAINER_PORT', // the port in deploy/ and Dockerfile, which specs compare with it
  'libs/telemetry/src/schema.ts: GAUGES', // as HISTOGRAMS
  'libs/telemetry/src/schema.ts: HISTOGRAMS', // all custom metrics, which the schema's spec compares with the README
];

/** `file: name` of every export that knip finds unused. */
function unusedExports(...flags: string[]): { values: string[]; types: string[] } {
  const options = ['--include', 'exports,types', '--reporter', 'json', '--no-exit-code', '--no-progress'];
  const run = spawnSync('npx', ['knip', ...options, ...flags], { cwd: root, encoding: 'utf8' });
  const issues = JSON.parse(run.stdout).issues as Issue[];
  const named = (of: (issue: Issue) => readonly { readonly name: string }[] | undefined) =>
    issues.flatMap((issue) => of(issue)?.map(({ name }) => `${issue.file}: ${name}`) ?? []).sort();
  return { values: named(({ exports }) => exports), types: named(({ types }) => types) };
}

describe('exports', () => {
  it('are used by another file', () => {
    const { values, types } = unusedExports();
    // Errors that a library throws, and types in its signatures, are for its callers to name.
    expect(values.filter((name) => !(LIBRARY.test(name) && name.endsWith('Error')))).toEqual([]);
    expect(types.filter((name) => !LIBRARY.test(name))).toEqual([]);
  });

  it('are used by the product, not by specs alone', () => {
    const { values } = unusedExports('--production');
    expect(
      values.filter((name) => !LIBRARY.test(name) && !TESTS.test(name) && !CHECKED_BY_SPECS.includes(name)),
    ).toEqual([]);
  });
});
