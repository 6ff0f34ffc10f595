import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SPEC = 'scripts/fixtures/seeds/seeds.spec.ts';

describe('seeds of property tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qloom-seeds-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a command of the shell at the root. What its tests noted comes back line by line. */
  function shell(command: string, env: Readonly<Record<string, string>> = {}) {
    const notes = join(folder, `${Math.random()}`);
    const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, QLOOM_TEST_FAILURES: _file, ...outer } = process.env;
    const run = spawnSync('bash', ['-c', command], {
      cwd: root,
      encoding: 'utf8',
      env: { ...outer, FORCE_COLOR: '0', SEEDS_NOTES: notes, ...env },
    });
    const lines = () => readFileSync(notes, 'utf8').trimEnd().split('\n');
    return { status: run.status, output: run.stdout + run.stderr, lines };
  }

  const fixture = `npx jest --projects scripts/fixtures/seeds --runTestsByPath ${SPEC}`;

  it('a test with a property runs in every round, each time with another seed; any other test once', () => {
    const { status, lines } = shell(fixture, { QLOOM_TEST_ROUNDS: '8', QLOOM_TEST_SEED: '1' });
    expect(status).toBe(0);
    const held = lines().filter((line) => line.startsWith('holds'));
    expect([held.length, new Set(held).size]).toEqual([8, 8]);
    for (const count of [2, 3]) expect(lines().filter((line) => line.startsWith(`digits ${count}`))).toHaveLength(8);
    expect(lines().filter((line) => line === 'no property')).toHaveLength(1);
  });

  it('a failure ends with its seed, its path and the command that fails the same way', () => {
    const first = shell(fixture, { QLOOM_TEST_ROUNDS: '200', QLOOM_TEST_SEED: '-5', SEEDS_FAIL: '3' });
    expect(first.status).toBe(1);
    expect(first.output).toMatch(/Property failed after 1 tests\s+\{ seed: -?\d+, path: "0", endOnFailure: true \}/);
    const command = first.output.match(/The same again: (.*)/)?.[1] ?? '';
    expect(command).toMatch(/^QLOOM_TEST_SEED=-?\d+ npx jest .* -t 'fails now and then .3.'$/);
    const last = first.lines().findLast((line) => line.startsWith('digits'));
    expect(last).toMatch(/^digits 3 7/);
    const again = shell(command, { SEEDS_FAIL: '3' });
    expect([again.status, again.lines()]).toEqual([1, [last]]);
  });

  it('without a seed of ours fast-check draws one, and prints it', () => {
    const { status, output } = shell(fixture, { SEEDS_FAIL: 'always' });
    expect(status).toBe(1);
    expect(output).toMatch(/\{ seed: -?\d+, path: "0"/);
  });

  it.each([
    ['none', 'ROUNDS: "none" is not a number'],
    ['2 3', '"3" is one argument too many'],
    ['2 --only metric', '--only: "metric" is not one of qloom, acquisition,'],
    ['--every', "Unknown option '--every'"],
  ])('test:seeds refuses "%s"', (args, message) => {
    const { status, output } = shell(`node scripts/test-seeds.mjs ${args}`);
    expect([status, output]).toEqual([2, expect.stringContaining(message)]);
  });

  it('an invalid seed is refused', () => {
    const { status, output } = shell(fixture, { QLOOM_TEST_SEED: 'first' });
    expect([status, output]).toEqual([1, expect.stringContaining('QLOOM_TEST_SEED: "first" is not an integer')]);
  });
});
