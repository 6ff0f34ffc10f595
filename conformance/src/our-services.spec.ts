import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SERVICE_NAMES, type ServiceName, targetVariables } from '@qloom/study-rpc/services.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import type { Counts } from './report.ts';
import type { CheckResult } from './run-checks.ts';
import { SUITE_NAMES } from './suites.ts';

let folder: TempFolder;
let mains: SpawnedMain[];

beforeAll(async () => {
  folder = await createTempFolder();
  const env = (name: ServiceName): Record<string, string> => ({
    QLOOM_LISTEN: folder.socket(name),
    ...targetVariables(folder.socket),
    // Only the agent needs a log; the others have no stage here.
    ...(name === 'agent'
      ? { QLOOM_LOG: `sqlite:${folder.file('log.db')}`, QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}` }
      : {}),
  });
  mains = SERVICE_NAMES.map((name) =>
    spawnMain(fileURLToPath(new URL(`../../services/${name}/src/main.ts`, import.meta.url)), env(name)),
  );
  await Promise.all(mains.map(({ ready }) => ready));
});

afterAll(async () => {
  await Promise.all(mains.map((main) => main.stop()));
  await folder.remove();
});

/** `npm run conformance -- <args> --json`; rejects if its exit code is not 0. */
async function conformance(...args: string[]): Promise<{ results: CheckResult[]; counts: Counts }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, '--json']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { results: lines.slice(0, -1), counts: lines.at(-1) };
}

const skipped = (results: readonly CheckResult[]) => results.filter(({ outcome }) => outcome === 'skipped');

describe('the conformance kit', () => {
  it('has a suite for each of our services', () => {
    // The agent serves the PolicyService, which is what another implementation replaces.
    expect(SERVICE_NAMES.map((name) => (name === 'agent' ? 'policy' : name)).sort()).toEqual([...SUITE_NAMES].sort());
  });

  it.each([
    ['generator', 'generator'],
    ['discriminator', 'discriminator'],
    ['policy', 'agent'],
  ] as const)('passes our %s, and skips nothing', async (suite, service) => {
    const { results, counts } = await conformance(suite, folder.socket(service));
    expect(counts).toEqual({ ok: results.length, failed: 0, skipped: 0 });
  });

  it('passes our qnn-sim, and skips its hyperparameters, which it does not offer', async () => {
    const { results, counts } = await conformance('qnn-sim', folder.socket('qnn-sim'));
    expect(counts.failed).toBe(0);
    const reasons = new Set(skipped(results).map(({ reason }) => reason));
    for (const reason of reasons) expect(reason).toMatch(/no hyperparameter/);
    expect(counts.ok).toBeGreaterThan(30);
  });

  it('fits with the given settings', async () => {
    const given = ['--set', 'method=cvae', '--set', 'gan.steps=25'];
    const { counts } = await conformance('generator', folder.socket('generator'), '--promises-only', ...given);
    expect(counts.failed).toBe(0);
  });
});
