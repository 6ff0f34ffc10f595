import { type ServiceError, status } from '@grpc/grpc-js';
import {
  DataSource,
  IdenticalRows,
  type PutDatasetRequest,
  type StudySettings,
  StudyState,
} from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { DataDescription, QnnSettings, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { fromFeatureUnits } from '@qloom/datasets/testing/from-feature-units.ts';
import { createRandom } from '@qloom/random/random.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { loadDataset } from '../study/data/datasets.ts';
import { createWorld, type StandIns, smallStudy, startStandIns, type World } from '../testing/world.ts';

let standIns: StandIns;
let world: World;

beforeAll(async () => {
  standIns = await startStandIns();
  world = await createWorld(standIns);
});

afterAll(async () => {
  await world.stop();
  await standIns.stop();
});

const rejection = (call: Promise<unknown>): Promise<ServiceError> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: ServiceError) => error,
  );

const space = (override: object) => ({ space: [{ choices: [], ...override }] }) as unknown as Partial<StudySettings>;
const task = (name: string, settingsJson: string) => ({
  data: {
    source: { $case: 'task' as const, value: { name, settingsJson } },
    labelBudget: 16,
    testSize: 40,
    identicalRows: 0 as const,
  },
});

const TWO_INPUTS = `OPENQASM 3.0;
include "stdgates.inc";
input float x0;
input float x1;
input float a;
qubit[2] q;
ry(x0 + a) q[0];
ry(x1) q[1];
`;

describe('CreateStudy', () => {
  const LONG = 'x'.repeat(32_000);
  it.each<[string, Partial<StudySettings>]>([
    ['policy', { policy: LONG }],
    ['form of the reward', { reward: { form: LONG, weights: [] } }],
    ['ansatz', { qnn: QnnSettings.fromPartial({ ansatz: LONG }) }],
    ['option', { qnn: QnnSettings.fromPartial({ encodingOptions: { [LONG]: LONG } }) }],
    ['task', task(LONG, '')],
    ['setting of a task', task('two-curves', JSON.stringify({ [LONG]: 1 }))],
    ['value of a setting', task('two-curves', JSON.stringify({ noise: LONG }))],
    ['hyperparameter', space({ name: LONG })],
    ['choice', space({ name: 'method', choices: [LONG] })],
    [
      'baseline',
      {
        evaluation: { draws: 2, rivals: [LONG], rivalEvaluations: 1, portfolio: false, choice: '' },
      } as unknown as Partial<StudySettings>,
    ],
  ])('echoes at most 200 characters of a wrong %s, and keeps the connection', async (_what, changes) => {
    const error = await rejection(world.agent.createStudy({ id: 'long', settings: smallStudy(changes) }));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toContain('x'.repeat(100));
    for (const { field, description } of [...violationsOf(error), { field: '', description: error.details }]) {
      expect(`${field}: ${description}`).not.toMatch(/x{201}/);
    }
    expect(await world.agent.getCapabilities({})).toHaveProperty('capabilities');
  });

  it('echoes at most 200 characters of an id, of CreateStudy and of others', async () => {
    for (const call of [
      world.agent.createStudy({ id: LONG, settings: smallStudy() }),
      world.agent.getStudy({ id: LONG }),
    ]) {
      const error = await rejection(call);
      expect(error.details).toMatch(/^id: "x{200}…" \(32000 characters\) is not 1 to 63/);
    }
  });

  it.each<[string, Partial<StudySettings>, RegExp]>([
    ['settings.data.source', { data: undefined }, /not set; right would be a task or a data set/],
    ['settings.data.label_budget', { data: { ...task('two-curves', '').data, labelBudget: 0 } }, /number of labels/],
    [
      'settings.policy',
      { policy: 'ppoo' },
      /"ppoo" is not one of ppo-surrogate, ppo, surrogate, pbt, random, sobol, fixed/,
    ],
    [
      'settings.reward.form',
      { reward: { form: 'greedy', weights: [] } },
      /not one of constrained, paper-literal, paper-corrected/,
    ],
    ['settings.reward.weights', { reward: { form: '', weights: [1] } }, /has 1 numbers; right would be none or 4/],
    ['settings.qnn.qubits', { qnn: QnnSettings.fromPartial({ qubits: 40 }) }, /40 is not an integer from 1 to 20/],
    [
      'settings.qnn.ansatz',
      { qnn: QnnSettings.fromPartial({ ansatz: 'qaoa' }) },
      /'qaoa' is none of 'data-reuploading', 'hardware-efficient', 'strongly-entangling', .*'qcnn'/,
    ],
    [
      'settings.qnn.encoding_options.axis',
      { qnn: QnnSettings.fromPartial({ encoding: 'angle', encodingOptions: { axis: 'w' } }) },
      /"w" is not one of x, y, z/,
    ],
    [
      'settings.qnn.noise.amplitude_damping',
      { qnn: QnnSettings.fromPartial({ noise: { amplitudeDamping: 2 } }) },
      /2 is not a number from 0 to 1/,
    ],
    [
      'settings.qnn.observables',
      { ...task('annni', ''), qnn: QnnSettings.fromPartial({ observables: ['Z0', 'Z1'] }) },
      /2 of them, and the data has 3 classes; one for each is right/,
    ],
    [
      'settings.qnn.qasm',
      { ...task('annni', ''), qnn: QnnSettings.fromPartial({ qasm: TWO_INPUTS }) },
      /the circuit takes 2 features, and the data has 4; right would be inputs x0 to x3/,
    ],
    [
      'settings.qnn.encoding',
      { ...task('annni', ''), qnn: QnnSettings.fromPartial({ qubits: 1, encoding: 'amplitude', ansatz: 'two-local' }) },
      /'amplitude' on 1 qubit takes at most 2 features, and the data has 4; right would be at least 2 qubits/,
    ],
    [
      'settings.qnn.qubits',
      { ...task('annni', ''), qnn: QnnSettings.fromPartial({ qubits: 1 }) },
      /1 qubit tells at most 2 classes, and the data has 3/,
    ],
    [
      'settings.qnn.ansatz_options.electrons',
      { qnn: QnnSettings.fromPartial({ qubits: 2, ansatz: 'coupled-cluster', ansatzOptions: { electrons: '5' } }) },
      /5 in 2 spin orbitals; 1 to 1 are right/,
    ],
    [
      'settings.qnn.observables[1]',
      { qnn: QnnSettings.fromPartial({ qubits: 2, observables: ['Z0', 'Z7'] }) },
      /qubit 7 is not one of 0 … 1/,
    ],
    ['settings.staleness', { staleness: 2 }, /2 is not an integer in \[0, 1\]/],
    ['settings.sobol_episodes', { sobolEpisodes: 7 }, /7 is not an integer in \[0, 6\]/],
    [
      'settings.evaluation.draws',
      { evaluation: { draws: 1, rivals: [], rivalEvaluations: 0, portfolio: false, choice: '' } },
      /1 is not an integer in \[2, 1000\]/,
    ],
    ['settings.space.gan.lrG.max', space({ name: 'gan.lrG', maximum: 1 }), /1 is above the maximum 0.002/],
    [
      'settings.space.nope',
      space({ name: 'nope', minimum: 1 }),
      /no service offers this hyperparameter; offered: disc.arch/,
    ],
    [
      'settings.space.disc.arch.choices',
      space({ name: 'disc.arch', choices: ['cnn'] }),
      /"cnn" is not one of conv, mlp/,
    ],
    ['settings.data.task', task('anni', ''), /there are annni, hidden-manifold, two-curves/],
    ['settings.data.task.settings_json', task('annni', '[1]'), /no JSON object/],
    ['settings.folds', { folds: 12 }, /12 folds need at least 12/],
    [
      'settings.data.identical_rows',
      { data: { ...task('two-curves', '').data, identicalRows: IdenticalRows.TOGETHER } },
      /belongs to a data set; a task draws independent points/,
    ],
    [
      'settings.data.identical_rows',
      {
        data: DataSource.fromPartial({
          source: { $case: 'dataset', value: { sha256: 'f' } },
          identicalRows: 7 as never,
        }),
      },
      /7 is none; right would be TOGETHER \(1\) or INDEPENDENT \(2\)/,
    ],
  ])('answers INVALID_ARGUMENT that names %s and says what is allowed', async (field, overrides, message) => {
    const error = await rejection(world.agent.createStudy({ id: 'wrong', settings: smallStudy(overrides) }));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(violationsOf(error).map((violation) => violation.field)).toContain(field);
    expect(error.details).toMatch(message);
    expect((await world.agent.listStudies({})).studies).toEqual([]);
  });

  it('lists every wrong field at once', async () => {
    const settings = smallStudy({ policy: 'x', staleness: 9, folds: 1 });
    const error = await rejection(world.agent.createStudy({ id: 'wrong', settings }));
    expect(violationsOf(error).map((violation) => violation.field)).toEqual([
      'settings.policy',
      'settings.folds',
      'settings.staleness',
    ]);
  });

  it.each(['', 'Upper', 'a/b', 'x'.repeat(64)])('refuses the id %j', async (id) => {
    const error = await rejection(world.agent.createStudy({ id, settings: smallStudy() }));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toContain('is not 1 to 63 of a-z, 0-9 and "-"');
  });
});

describe('a study without workers', () => {
  it('is created once: the same settings give the same study, others ALREADY_EXISTS; then it is cancelled', async () => {
    const idle = await createWorld(standIns);
    idle.startAgent();
    const { study } = await idle.agent.createStudy({ id: 'twice', settings: smallStudy() });
    expect(study?.settings?.policy).toBe('ppo-surrogate');
    expect(study?.settings?.staleness).toBe(1);
    expect((await idle.agent.createStudy({ id: 'twice', settings: smallStudy() })).study?.id).toBe('twice');
    const error = await rejection(idle.agent.createStudy({ id: 'twice', settings: smallStudy({ seed: 6 }) }));
    expect(error.code).toBe(status.ALREADY_EXISTS);

    const states: (StudyState | undefined)[] = [];
    for await (const { study: seen } of idle.agent.watchStudy({ id: 'twice' })) {
      states.push(seen?.state);
      // Two episodes are proposed, and no worker consumes them.
      if (seen?.proposed === 2 && seen.state === StudyState.SEARCHING) await idle.agent.cancelStudy({ id: 'twice' });
    }
    expect(states.at(-1)).toBe(StudyState.CANCELLED);
    await expectRewards(idle, 'twice', 2, 'FAILURE_REASON_CANCELLED');
    expect((await idle.agent.cancelStudy({ id: 'twice' })).study?.state).toBe(StudyState.CANCELLED);
    await idle.stop();
  });

  it('fails an episode that exceeds its deadline', async () => {
    const idle = await createWorld(standIns);
    idle.startAgent();
    const settings = smallStudy({
      episodeDeadlineSeconds: 1,
      inFlight: 1,
      episodes: 1,
      sobolEpisodes: 1,
      batchSize: 1,
    });
    await idle.agent.createStudy({ id: 'late', settings });
    for await (const { study } of idle.agent.watchStudy({ id: 'late' })) if (study?.failed === 1) break;
    await expectRewards(idle, 'late', 1, 'FAILURE_REASON_DEADLINE');
    await idle.stop();
  });
});

describe('missing studies and artifacts', () => {
  it('is NOT_FOUND', async () => {
    expect((await rejection(world.agent.getStudy({ id: 'none' }))).code).toBe(status.NOT_FOUND);
    expect((await rejection(world.agent.cancelStudy({ id: 'none' }))).code).toBe(status.NOT_FOUND);
    const artifact = world.agent.getArtifact({ sha256: 'f'.repeat(64) });
    expect((await rejection(artifact.receive())).code).toBe(status.NOT_FOUND);
  });
});

describe('PutDataset', () => {
  const random = createRandom('put');
  const points = (change: Partial<Points> = {}): Points => ({
    count: 12,
    features: 2,
    classes: 2,
    x: random.normals(24),
    y: Int32Array.from({ length: 12 }, (_, i) => i % 2),
    ...change,
  });
  const described = (description: Partial<DataDescription> = {}): PutDatasetRequest => ({
    part: { $case: 'description', value: DataDescription.fromPartial(description) },
  });
  const sent = (data: Points | SourcePoints) =>
    [...encodePoints(data)].map((value): PutDatasetRequest => ({ part: { $case: 'points', value } }));
  const put = (data: Points | SourcePoints, description: Partial<DataDescription> = {}) => {
    return world.agent.putDataset([described(description), ...sent(data)]);
  };

  it('stores a data set that a study can use, and returns it', async () => {
    const { dataset, rows } = await put(points(), { featureNames: ['a', 'b'], classNames: ['no', 'yes'] });
    expect(rows).toBe(12);
    const data = {
      source: { $case: 'dataset' as const, value: dataset as never },
      labelBudget: 0,
      testSize: 0,
      identicalRows: 0 as const,
    };
    const { study } = await world.agent.createStudy({ id: 'file', settings: smallStudy({ data }) });
    expect([study?.settings?.data?.labelBudget, study?.settings?.data?.testSize]).toEqual([10, 2]);
    const { chunk } = (await world.agent.getArtifact({ sha256: dataset?.sha256 ?? '' }).receive()) ?? {};
    expect(chunk?.total).toBe(dataset?.sizeBytes);
    await world.agent.cancelStudy({ id: 'file' });
  });

  it('takes float64, and keeps values that float32 would not distinguish', async () => {
    const x = Float64Array.from({ length: 24 }, (_, i) => 1_700_000_000 + 7 * i * i);
    const { dataset } = await put({ ...points(), x });
    const { points: stored, description } = await loadDataset(world.artifacts, dataset as never);
    expect(fromFeatureUnits(stored, description).x).toEqual(x);
  });

  it.each<[string, Points, RegExp]>([
    [
      'a value that is not finite',
      points({ x: Float32Array.from({ length: 24 }, (_, i) => (i === 5 ? Number.NaN : i)) }),
      /points\.x: element \[2, 1\] is NaN/,
    ],
    ['one class only', points({ y: new Int32Array(12) }), /only 1 class has points; a classifier needs at least 2/],
    [
      'a constant feature',
      points({ x: Float32Array.from({ length: 24 }, (_, i) => (i % 2 ? i : 7)) }),
      /feature a is 7 in every row/,
    ],
    [
      'fewer points than classes',
      points({ classes: 13 }),
      /12 points for 13 classes; right would be at least 2 a class/,
    ],
    [
      'a label out of range',
      points({ y: Int32Array.from({ length: 12 }, (_, i) => i % 3) }),
      /points\.y\[2\]: is 2; right would be 0 to 1/,
    ],
  ])('answers INVALID_ARGUMENT for %s', async (_what, data, message) => {
    const error = await rejection(put(data, { featureNames: ['a', 'b'] }));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toMatch(message);
  });

  it.each<[string, PutDatasetRequest[], string]>([
    ['points before the description', sent(points()), 'description: did not come before points; right would be'],
    ['two descriptions', [described(), described(), ...sent(points())], 'description: is out of order; right would be'],
    ['no points', [described()], 'points: did not come; right would be at least one message'],
    ['a part that is not set', [described(), { part: undefined }], 'part: is not set; right would be'],
  ])('answers INVALID_ARGUMENT for %s', async (_what, parts, message) => {
    const error = await rejection(world.agent.putDataset(parts));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toContain(message);
  });
});

describe('GetCapabilities', () => {
  it('shows the hyperparameters that services advertise, with those of every method', async () => {
    const { space: parameters } = await world.agent.getCapabilities({});
    expect(parameters.map((parameter) => parameter.name)).toEqual([
      'disc.arch',
      'disc.kernel',
      'method',
      'gan.lrG',
      'rival.strength',
      'synthRatio',
    ]);
    expect(parameters.find((parameter) => parameter.name === 'method')?.choices).toEqual(['gan', 'noise', 'gaussian']);
  });

  it('reports how policies are trained: compiled steps, and their backend', async () => {
    const { capabilities } = await world.agent.getCapabilities({});
    const selected = capabilities?.engines.filter((engine) => engine.selected).map((engine) => engine.name);
    expect(selected).toEqual(['compiled', expect.stringMatching(/^(wasm|cpu|tfjs-node)/)]);
  });
});

async function expectRewards(of: World, id: string, count: number, reason: string): Promise<void> {
  const events = (await of.episodeLog.replay(id)).filter((event) => event.key.slot === 'reward');
  const reasons = events.map(
    (event) => (SlotEvent.toJSON(SlotEvent.decode(event.payload)) as { failure: { reason: string } }).failure.reason,
  );
  expect(reasons).toEqual(new Array(count).fill(reason));
}

describe('ListStudyEvents', () => {
  it('gives every event of a study as the log has it, with the study file that the caller sent', async () => {
    const id = 'listed';
    const studyFile = '# mine\nseed: 7\n';
    const { study } = await world.agent.createStudy({ id, settings: smallStudy(), studyFile });
    expect(study?.createTime).toBeInstanceOf(Date);
    expect(study?.endTime).toBeUndefined();
    const ended = (await world.agent.cancelStudy({ id })).study;
    expect(ended?.endTime?.getTime()).toBeGreaterThanOrEqual(study?.createTime?.getTime() ?? Number.NaN);
    const events = [];
    for await (const { event } of world.agent.listStudyEvents({ id })) events.push(event);
    const slots = events.map((event) => event?.slot);
    expect(slots).toEqual(expect.arrayContaining(['create', 'cancel']));
    const [created] = events;
    expect(created?.content).toMatchObject({ $case: 'record', value: { record: { $case: 'created' } } });
    if (created?.content?.$case !== 'record' || created.content.value.record?.$case !== 'created') throw new Error();
    expect(created.content.value.record.value.studyFile).toBe(studyFile);
    const sequences = events.map((event) => Number(event?.sequence));
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect((await world.agent.createStudy({ id, settings: smallStudy(), studyFile: 'other' })).study?.id).toBe(id);
  });

  it('answers NOT_FOUND for a study that is not there, and INVALID_ARGUMENT for a long study file', async () => {
    const missing = async () => {
      for await (const _ of world.agent.listStudyEvents({ id: 'missing' }));
    };
    expect((await rejection(missing())).code).toBe(status.NOT_FOUND);
    const long = world.agent.createStudy({ id: 'long-file', settings: smallStudy(), studyFile: 'x'.repeat(65_537) });
    expect((await rejection(long)).details).toMatch(/study_file: has 65537 bytes; right would be at most 65536/);
  });
});
