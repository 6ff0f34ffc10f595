import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import type { Counts } from './report.ts';
import type { CheckResult } from './run-checks.ts';
import type { SuiteName } from './suites.ts';

/** The program that serves each suite. */
const MAINS = { generator: 'generator', discriminator: 'discriminator', 'qnn-sim': 'qnn-sim', policy: 'agent' };
const NAMES = Object.keys(MAINS) as SuiteName[];

let folder: TempFolder;
let mains: SpawnedMain[];

beforeAll(async () => {
  folder = await createTempFolder();
  const env = (name: SuiteName): Record<string, string> => ({
    QLOOM_LISTEN: folder.socket(name),
    QLOOM_GENERATOR_TARGET: folder.socket('generator'),
    QLOOM_DISCRIMINATOR_TARGET: folder.socket('discriminator'),
    QLOOM_QNN_SIM_TARGET: folder.socket('qnn-sim'),
    // The agent alone needs a log; the others have no stage here.
    ...(name === 'policy'
      ? { QLOOM_LOG: `sqlite:${folder.file('log.db')}`, QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}` }
      : {}),
  });
  mains = NAMES.map((name) =>
    spawnMain(fileURLToPath(new URL(`../../services/${MAINS[name]}/src/main.ts`, import.meta.url)), env(name)),
  );
  await Promise.all(mains.map(({ ready }) => ready));
});

afterAll(async () => {
  await Promise.all(mains.map((main) => main.stop()));
  await folder.remove();
});

/** `npm run conformance -- <args> --json`; rejects where its exit code is not 0. */
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
  it.each(['generator', 'discriminator', 'policy'] as const)('passes our %s, and skips nothing', async (name) => {
    const { results, counts } = await conformance(name, folder.socket(name));
    expect(counts).toEqual({ ok: results.length, failed: 0, skipped: 0 });
  });

  it('passes our qnn-sim, and skips its Critique and hyperparameters, which it does not offer', async () => {
    const { results, counts } = await conformance('qnn-sim', folder.socket('qnn-sim'));
    expect(counts.failed).toBe(0);
    const reasons = new Set(skipped(results).map(({ reason }) => reason));
    for (const reason of reasons) expect(reason).toMatch(/Critique is not offered|no hyperparameter/);
    expect(counts.ok).toBeGreaterThan(30);
  });

  it('fits with the settings that it is given', async () => {
    const given = ['--set', 'method=cvae', '--set', 'gan.steps=25'];
    const { counts } = await conformance('generator', folder.socket('generator'), '--promises-only', ...given);
    expect(counts.failed).toBe(0);
  });
});
