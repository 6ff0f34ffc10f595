import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { createRandom } from '@qloom/random/random.ts';
import { makeStudyResult } from '../testing/study-result.ts';

const BIN = fileURLToPath(new URL('../../bin/qloom.mjs', import.meta.url));
const BACKENDS = `
- name: priced
  provider: simulator
  qubits: 2
  price: {unit: USD, perJob: 0.25, perShot: 0.001}
  limits: {maxExecutions: 500}
- name: tiny
  provider: simulator
  qubits: 1
`;
const result = makeStudyResult();
const { featureNames = [], classNames = [] } = result.data ?? {};

/** Rows around a centre for each class. */
function csv(rows: number, seed: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, i) => {
    const label = i % classNames.length;
    return [...featureNames.map((_name, j) => (j === label ? 2 : 0) + 0.4 * random.normal()), classNames[label]].join(
      ',',
    );
  });
  return `${[...featureNames, 'label'].join(',')}\n${lines.join('\n')}\n`;
}

describe('qloom finetune', () => {
  const place = mkdtempSync(join(tmpdir(), 'qloom-finetune-'));
  const folder = join(place, 'qloom-runs', 'toy');
  const env = { ...process.env, FORCE_COLOR: '0' };

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    const settings = StudySettings.toJSON(
      StudySettings.fromPartial({ qnn: { qubits: 2, layers: 1, steps: 20, batchSize: 8, learningRate: 0.1 } }),
    );
    const record = {
      format: 'qloom-study/1',
      id: 'toy',
      state: 'finished',
      file: 'toy.yaml',
      log: 'sqlite',
      settings,
      versions: {},
    };
    const plain = StudyResult.toJSON({ ...result, pretraining: undefined });
    writeFileSync(join(folder, 'study.json'), JSON.stringify({ ...record, result: plain }));
    writeFileSync(join(folder, 'training.csv'), csv(6, 1));
    writeFileSync(join(folder, 'synthetic.csv'), csv(18, 2));
    writeFileSync(join(place, 'test.csv'), csv(30, 3));
    writeFileSync(join(place, 'backends.yaml'), BACKENDS);
  });

  afterAll(() => rmSync(place, { recursive: true }));

  const args = (...more: string[]) => [
    ...[BIN, 'finetune', 'toy', '--backends', 'backends.yaml', '--backend', 'priced', '--test', 'test.csv'],
    ...['--test-points', '12', '--test-shots', '40', '--batch', '2', '--shots', '1000', ...more],
  ];
  const finetune = (...more: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, args(...more), { cwd: place, env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  const kept = () => JSON.parse(readFileSync(join(folder, 'finetune', 'finetune.json'), 'utf8'));

  it('quotes, runs within its budget, stops at Ctrl-C, and continues without paying twice', async () => {
    const quoted = await finetune('--steps', '2');
    expect(quoted).toMatchObject({ code: 0, out: '' });
    expect(quoted.err).toMatch(
      /toy: 6 real and 18 synthetic points; after 20 steps in simulation on 18 synthetic points/,
    );
    expect(quoted.err).toMatch(/quote of priced: [\d.]+ USD/);
    expect(quoted.err).toContain('nothing was run: give --budget or --budget-shots');

    const child = spawn(process.execPath, args('--steps', '2', '--budget', '100'), {
      cwd: place,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const before = said.includes('step 1/2');
      said += text;
      if (!before && said.includes('step 1/2')) child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    // It may have ended before the signal arrived.
    expect([0, 130]).toContain(code);
    const first = kept();
    expect(first.state.step).toBeGreaterThanOrEqual(1);

    const ended = await finetune('--steps', '2', '--budget', '100', '--json');
    expect(ended.err).not.toMatch(/step 1\/2/);
    const summary = JSON.parse(ended.out);
    expect(ended.code).toBe(0);
    expect(summary).toMatchObject({ steps: 2, unit: 'USD', testPoints: 12 });
    const { spent, state } = kept();
    expect(Object.keys(spent)).toEqual(['before', 'step-1', 'step-2', 'after-2']);
    // One job each within 500 executions: a quarter of a dollar, and a tenth of a cent a shot.
    const total = Object.values<{ shots: number }>(spent).reduce((sum, { shots }) => sum + shots, 0);
    expect(summary.jobs).toBe(4);
    expect(summary.cost).toBeCloseTo(4 * 0.25 + total * 0.001, 9);
    expect(total).toBe(state.shots + 2 * 12 * 40);
    expect(state.shots).toBeLessThanOrEqual(2000);
    expect(summary.after.low).toBeLessThanOrEqual(summary.after.estimate);

    // Without noise the backend differs from the exact simulation by shots alone.
    const { simulated } = summary;
    expect(simulated.loss).toBeGreaterThan(0);
    expect(Math.abs(summary.lossAfter - simulated.loss)).toBeLessThan(0.3);
    expect(simulated.difference.estimate).toBeCloseTo(summary.after.estimate - simulated.accuracy.estimate, 12);

    // The parameters that came out, scored by themselves: one run, and the same exact scores.
    writeFileSync(join(place, 'tuned.json'), ended.out);
    const scoring = ['--steps', '0', '--parameters', 'tuned.json', '--name', 'score', '--budget-shots', '100000'];
    const scored = await finetune(...scoring);
    expect(scored.err).toContain('after the parameters of tuned.json');
    expect(scored.out).toMatch(/^measured .* of 12 test points/m);
    expect(scored.out).toMatch(/^exact .* in exact simulation.*; priced is [+−]?[\d.]+ \[.*\] points from it$/m);
    expect(scored.out).not.toContain('change');
    const { before, spent: charged } = JSON.parse(readFileSync(join(folder, 'finetune', 'score.json'), 'utf8'));
    expect(charged).toEqual({ before: { cost: expect.closeTo(0.25 + 12 * 40 * 0.001, 9), shots: 12 * 40, jobs: 1 } });
    expect(before.exact).toEqual(kept().after['2'].exact);

    // A further step takes what the budget has left, or nothing.
    const refused = await finetune('--steps', '3', '--budget', String(summary.cost + 0.1));
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/step-3 on priced: .* are left/);
    const other = await finetune('--steps', '3', '--shots', '2000');
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.err).toContain('--shots: 2000, and');
  }, 240_000);

  it('refuses what cannot be run', async () => {
    const small = await finetune('--backend', 'tiny', '--name', 'small');
    expect(small).toMatchObject({
      code: 2,
      err: expect.stringContaining('--backend: tiny has 1 qubits, and the QNN 2'),
    });
    const few = await finetune('--shots', '10', '--name', 'few', '--budget', '1');
    expect(few.code).toBe(2);
    expect(few.err).toMatch(/--shots: 10 a step, and its \d+ executions need at least 8 each/);
    writeFileSync(join(place, 'short.json'), '{"parameters": [0.1]}');
    const short = await finetune('--parameters', 'short.json', '--name', 'short');
    expect(short.code).toBe(2);
    expect(short.err).toMatch(/--parameters: short.json: has 1 parameters, and the QNN of this study \d+/);
  }, 240_000);
});
