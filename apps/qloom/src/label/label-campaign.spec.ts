import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Answer, type CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { Backend, RunResponse } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { circuitFromQasm } from '@qloom/qnn/model/qasm-circuit.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { type LabelWorld, startLabelWorld } from '../testing/label-world.ts';
import { createLife, type Life } from '../testing/mortal-client.ts';
import { type LabelOutcome, labelCampaign } from './label-campaign.ts';
import { createLabelRule } from './label-rule.ts';
import type { LabelCircuit } from './measure-points.ts';

const BACKENDS = `
- name: priced
  provider: simulator
  qubits: 2
  price: {unit: USD, perJob: 0.25, perShot: 0.001}
- name: drifting
  provider: simulator
  qubits: 2
  calibration: device.yaml
  drift: {periodSeconds: 1, spread: 0.000001, seed: 1}
`;
const DEVICE = `
readoutErrors: [0.05, 0.05]
gateErrors: [0.001, 0.001]
t1: [1e-4, 1e-4]
t2: [1e-4, 1e-4]
`;
const QASM =
  'OPENQASM 3.0; include "stdgates.inc"; input float x0; input float x1; qubit[2] q; ry(x0) q[0]; ry(x1) q[1]; cx q[0], q[1];';
const MEASURE: LabelCircuit = {
  circuit: circuitFromQasm(QASM),
  rule: createLabelRule([parseObservable('Z1', 2)]),
  shots: { first: 16, most: 256 },
};
/** ⟨Z1⟩ of the circuit. */
const exact = ([a, b]: readonly number[]): number => Math.cos(a) * Math.cos(b);

let world: LabelWorld;
let priced: Backend;
beforeAll(async () => {
  world = await startLabelWorld(BACKENDS, { 'device.yaml': DEVICE });
  priced = (await world.remote.getBackend({ name: 'priced' })).backend!;
}, 120_000);
afterAll(() => world?.stop());

interface Given {
  readonly life?: Life;
  readonly backend?: Backend;
  readonly budget?: { readonly cost?: number; readonly shots?: bigint };
  readonly remeasure?: boolean;
  readonly onStale?: (count: number) => void;
  readonly onTold?: () => void;
}

/** Labels a campaign; resolves to null where the client dies first. */
function label(id: string, given: Given = {}): Promise<LabelOutcome | null> {
  const {
    life = createLife(0),
    backend = priced,
    budget = {},
    remeasure = false,
    onStale = () => {},
    onTold = () => {},
  } = given;
  const clients = { campaigns: life.wrap(world.campaigns, ['ask', 'tell']), signal: life.signal };
  const outcome = labelCampaign(
    {
      ...{ id, clients, backend, remeasure, measure: MEASURE, seed: 1 },
      // How many states of a job are reported depends on the time.
      remote: life.wrap(world.remote, ['run'], (message) => (message as RunResponse).part?.$case !== 'job'),
      budget: { cost: budget.cost, shots: budget.shots },
    },
    { onMeasure: () => {}, onJob: () => {}, onFault: () => {}, onTold, onStale },
  );
  return Promise.race([outcome, life.death.then(() => null)]);
}

/** What was told of each point, but for jobs and times. */
const told = (points: readonly CampaignPoint[]) =>
  points.map(({ asked, label, state, provenance }) => ({
    ...{ point: asked?.point, label, state, shots: provenance?.shots },
    ...{ margin: provenance?.margin, error: provenance?.marginError },
  }));

const SETTINGS = { budget: 4, batch: 2 };

describe('a backend that answers a campaign', () => {
  it('asks for no point twice, pays for no job twice and tells the same, wherever it is killed', async () => {
    await world.create('whole', SETTINGS);
    const whole = createLife(0);
    let firstBatch = 0;
    const outcome = await label('whole', { life: whole, onTold: () => (firstBatch ||= whole.arrived) });
    expect(outcome).toMatchObject({ told: 4, end: { why: 'labels', message: expect.stringContaining('budget of 4') } });
    const [wanted, paid] = [told(await world.points('whole')), await world.logged('whole')];
    expect(new Set(paid.asked).size).toBe(4);
    expect(new Set(paid.jobs).size).toBe(paid.jobs.length);
    expect(outcome).toMatchObject({ shots: paid.shots, jobs: paid.jobs.length });
    expect(outcome?.cost).toBeCloseTo(paid.cost, 9);
    // Two requests, two answers, and quote, counts, summary and end of at least one run for each.
    expect(whole.arrived).toBeGreaterThanOrEqual(4 + 2 * 5);
    // Everywhere in the first batch and the request for the second, and around the end: the second batch is as the first.
    const kills = Array.from({ length: whole.arrived }, (_, i) => i + 1).filter(
      (at) => at <= firstBatch + 2 || at > whole.arrived - 2,
    );
    const disturbed = async (killAt: number) => {
      const id = `killed-${killAt}`;
      await world.create(id, SETTINGS);
      expect(await label(id, { life: createLife(killAt) })).toBeNull();
      await label(id);
      expect({ killAt, told: told(await world.points(id)) }).toEqual({ killAt, told: wanted });
      expect({ killAt, ...(await world.logged(id)) }).toEqual({ killAt, ...paid, cost: expect.closeTo(paid.cost, 9) });
    };
    await Promise.all(kills.map(disturbed));
  }, 300_000);

  it('tells the class of the exact expectation where the margin is four standard errors', async () => {
    await world.create('classes', { budget: 8, batch: 8 });
    await label('classes');
    const points = await world.points('classes');
    const sure = points.filter(({ provenance }) => provenance!.margin! > 4 * provenance!.marginError!);
    expect(sure.length).toBeGreaterThan(3);
    for (const { asked, label: name } of sure) expect(name).toBe(exact(asked!.features) > 0 ? 'up' : 'down');
    for (const { provenance, teller } of points) {
      expect(teller).toBe('backend:priced');
      expect(provenance).toMatchObject({ backend: 'priced', job: expect.stringMatching(/^qloom-/) });
      expect([16, 64, 256]).toContain(provenance?.shots);
    }
  }, 60_000);

  it('never exceeds a budget, tells what was measured, and gives back what was not', async () => {
    for (const shots of [10, 40, 100, 300]) {
      const id = `budget-${shots}`;
      await world.create(id, { budget: 6, batch: 2 });
      const outcome = await label(id, { budget: { shots: BigInt(shots) } });
      const logged = await world.logged(id);
      expect(logged.shots).toBeLessThanOrEqual(shots);
      expect(outcome?.end).toMatchObject({ why: 'budget', message: expect.stringContaining('exceeds the budget') });
      const points = await world.points(id);
      expect(points.filter(({ state }) => state === PointState.PENDING)).toEqual([]);
      expect(points.filter(({ state }) => state === PointState.LABELLED)).toHaveLength(shots < 32 ? 0 : outcome!.told);
      // With more it goes on, and the log has no job twice.
      expect(await label(id, { budget: { cost: 1000 } })).toMatchObject({ end: { why: 'labels' } });
      const after = await world.logged(id);
      expect(new Set(after.jobs).size).toBe(after.jobs.length);
    }
  }, 120_000);

  it('leaves out a point that somebody else has answered, and does not measure the others again', async () => {
    await world.create('shared', SETTINGS);
    await label('shared', { life: createLife(1) });
    const [first, second] = await world.points('shared');
    const answers = [Answer.fromPartial({ point: first.asked?.point, outcome: { $case: 'label', value: 'down' } })];
    await world.campaigns.tell({ id: 'shared', who: 'ann', token: 'ann-1', answers });
    await label('shared');
    const points = await world.points('shared');
    expect(points[0]).toMatchObject({ label: 'down', teller: 'ann' });
    expect(points[1]).toMatchObject({ asked: { point: second.asked?.point }, teller: 'backend:priced' });
    expect(points.map(({ state }) => state)).toEqual(Array(4).fill(PointState.LABELLED));
  }, 60_000);

  it('does the same once where two label at once', async () => {
    await world.create('both', SETTINGS);
    await Promise.all([label('both'), label('both')]);
    const logged = await world.logged('both');
    expect(new Set(logged.asked).size).toBe(logged.asked.length);
    expect(new Set(logged.jobs).size).toBe(logged.jobs.length);
    expect((await world.points('both')).map(({ state }) => state)).toEqual(Array(4).fill(PointState.LABELLED));
  }, 60_000);

  it('stops where more labels are not worth their price', async () => {
    await world.create('dear', { budget: 20, batch: 2, prices: { label: 1e6, accuracyPoint: 1e-6, synthesis: 0 } });
    const outcome = await label('dear');
    expect(outcome?.end.why).toBe('price');
    expect(outcome?.told).toBeLessThan(20);
  }, 60_000);
});

describe('labels under a calibration that has changed', () => {
  it('are measured again where the change may turn them, and only once', async () => {
    await world.create('drift', { budget: 8, batch: 8 });
    const drifting = async () => (await world.remote.getBackend({ name: 'drifting' })).backend!;
    await label('drift', { backend: await drifting() });
    const before = await world.points('drift');
    const calibrations = new Set(before.map(({ provenance }) => provenance?.calibration));
    let backend = await drifting();
    while (calibrations.has(backend.calibration?.id)) backend = await drifting();
    // One qubit of readout error .05 shifts ⟨Z⟩ by at most 2·.05 under either calibration.
    const isDoubtful = ({ provenance }: CampaignPoint) => provenance!.margin! < 2 * provenance!.marginError! + 0.2;
    const doubtful = before.filter(isDoubtful).length;
    expect(doubtful).toBeGreaterThan(0);
    expect(doubtful).toBeLessThan(8);
    let stale = 0;
    await label('drift', { backend, onStale: (count) => (stale = count) });
    expect(stale).toBe(doubtful);
    expect(await world.points('drift')).toEqual(before);
    expect(await label('drift', { backend, remeasure: true })).toMatchObject({
      ...{ told: doubtful, remeasured: doubtful, end: { why: 'labels' } },
    });
    const after = await world.points('drift');
    after.forEach((point, i) => {
      expect(point.asked).toEqual(before[i].asked);
      if (!isDoubtful(before[i])) expect(point).toEqual(before[i]);
      else {
        expect(point).toMatchObject({ teller: 'backend:drifting', answers: 2 });
        expect(calibrations.has(point.provenance?.calibration)).toBe(false);
      }
    });
  }, 60_000);
});

describe('qloom label', () => {
  const BIN = fileURLToPath(new URL('../../bin/qloom.mjs', import.meta.url));
  const args = (id: string, ...more: string[]) => [
    ...[BIN, 'label', id, '--agent', world.targets.agent, '--experiment', world.targets.experiment],
    ...['--backend', 'priced', '--circuit', world.folder.file('c.qasm'), '--observable', 'Z1'],
    ...['--shots', '16', '--most-shots', '256', ...more],
  ];
  const run = (...given: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, given, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });

  it('quotes, and continues after kill -9 without paying twice', async () => {
    writeFileSync(world.folder.file('c.qasm'), QASM);
    await world.create('cli', SETTINGS);
    const quoted = await run(...args('cli'));
    expect(quoted).toMatchObject({ code: 0, out: '' });
    // Two batches of two points: 2·(0.25 + 2·16·0.001) USD.
    expect(quoted.err).toContain('at least  0.564 USD, 64 shots in 2 jobs');
    expect(quoted.err).toContain('at most   2.524 USD, 1024 shots in 6 jobs');
    expect(quoted.err).toContain('nothing was run: give --budget or --budget-shots');
    expect((await world.logged('cli')).asked).toEqual([]);

    const child = spawn(process.execPath, args('cli', '--budget', '10'), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('shots each')) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const ended = await run(...args('cli', '--budget', '10', '--json'));
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({ end: { why: 'labels' }, campaign: { labelled: 4 } });
    expect(told(await world.points('cli'))).toEqual(told(await world.points('whole')));
    expect(await world.logged('cli')).toMatchObject({ jobs: (await world.logged('whole')).jobs });
    const other = await run(...args('cli', '--observable', 'Z0', '--observable', 'Z1'));
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('--observable: 3 for the classes up, down') });
  }, 60_000);
});
