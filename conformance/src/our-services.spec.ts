import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ServiceName, STUDY_SERVICE_NAMES, targetVariables } from '@qloom/study-rpc/services.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import type { Counts } from './report.ts';
import type { CheckResult } from './run-checks.ts';
import { SUITE_NAMES, type SuiteName } from './suites.ts';

let folder: TempFolder;
let others: readonly SpawnedMain[];
let backends: string;

/** A free simulator, and one with the price of a device. */
const BACKENDS = `
- {name: free, provider: simulator}
- {name: priced, provider: simulator, price: {unit: USD, perJob: 0.3, perShot: 0.00035}}
`;

const socketOf = (name: ServiceName) => folder.socket(name);
const mainOf = (name: ServiceName) => fileURLToPath(new URL(`../../services/${name}/src/main.ts`, import.meta.url));

beforeAll(async () => {
  folder = await createTempFolder();
  backends = folder.file('backends.yaml');
  await writeFile(backends, BACKENDS);
  // The generator needs a critic, and the agent all three. Each suite starts the two instances that it checks.
  others = STUDY_SERVICE_NAMES.filter((name) => name !== 'agent').map((name) =>
    spawnMain(mainOf(name), { ...targetVariables(socketOf), QLOOM_LISTEN: socketOf(name) }),
  );
  await Promise.all(others.map(({ ready }) => ready));
});

afterAll(async () => {
  await Promise.all(others.map((service) => service.stop()));
  await folder.remove();
});

/** A whole suite fits some hundred models: minutes on a busy machine. */
const WHOLE_SUITE_MS = 900_000;

/** `npm run conformance -- <suite> --start <our service> <args> --json`; rejects if its exit code is not 0. */
async function conformance(
  suite: SuiteName,
  service: ServiceName,
  ...args: string[]
): Promise<{ results: CheckResult[]; counts: Counts }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  // Only these need a log, which their instances share; the others have no stage here.
  const hasLog = service === 'agent' || service === 'experiment';
  const log = { QLOOM_LOG: `sqlite:${folder.file('log.db')}`, QLOOM_ARTIFACTS: `file://${folder.file('artifacts')}` };
  const command = `exec '${process.execPath}' '${mainOf(service)}'`;
  const env = {
    ...process.env,
    ...targetVariables(socketOf),
    ...(hasLog ? log : {}),
    ...(service === 'experiment' ? { QLOOM_BACKENDS_FILE: backends } : {}),
  };
  const { stdout } = await promisify(execFile)(process.execPath, [main, suite, '--start', command, ...args, '--json'], {
    env,
  }).catch((error: { readonly stdout: string; readonly stderr: string }) => {
    const failed = error.stdout.split('\n').filter((line) => line.includes('"failed"'));
    throw new Error(`${failed.join('\n')}\n${error.stderr}`);
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { results: lines.slice(0, -1), counts: lines.at(-1) };
}

const skipped = (results: readonly CheckResult[]) => results.filter(({ outcome }) => outcome === 'skipped');

describe('the conformance kit', () => {
  it('has a suite for each of our services', () => {
    // A study calls the PolicyService of the agent's, which is what another implementation replaces.
    const wanted = STUDY_SERVICE_NAMES.map((name) => (name === 'agent' ? 'policy' : name));
    expect([...SUITE_NAMES].sort()).toEqual([...wanted, 'experiment', 'campaign', 'study'].sort());
  });

  it.each([
    ['generator', 'generator', /at most 10000 training points, which fit into one message/],
    ['discriminator', 'discriminator', /nothing is skipped/],
    ['policy', 'agent', /nothing is skipped/, ['--set', 'policy=pbt']],
    ['qnn-sim', 'qnn-sim', /no hyperparameter/],
    ['campaign', 'agent', /nothing is skipped/],
    ['study', 'agent', /no limit "features"/],
    ['experiment', 'experiment', /no hyperparameter/, ['--set', 'backend=priced']],
  ] as const)(
    'passes our %s, and skips only what it does not offer',
    async (suite, service, unoffered, args: readonly string[] = []) => {
      const { results, counts } = await conformance(suite, service, ...args);
      expect(counts.failed).toBe(0);
      for (const { reason } of skipped(results)) expect(reason).toMatch(unoffered);
      expect(counts.ok).toBeGreaterThan(30);
    },
    WHOLE_SUITE_MS,
  );

  it('fits with the given settings', async () => {
    const given = ['--set', 'method=cvae', '--set', 'gan.steps=25'];
    const { counts } = await conformance('generator', 'generator', ...given, '--only', 'a fit gives one model');
    expect(counts).toMatchObject({ ok: 1, failed: 0 });
  });
});
