import { DataSource, IdenticalRows } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { fromFeatureUnits } from '@qloom/datasets/testing/from-feature-units.ts';
import { openArtifactStore } from '@qloom/episode-log/open-log.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createSeeds } from '../../domain/seeds.ts';
import { smallStudy } from '../../testing/world.ts';
import { completeSettings } from '../settings/complete-settings.ts';
import { loadDataset, storeDataset } from './datasets.ts';
import { openStudyData, outerFoldCount, type Replicate, splitLabels } from './study-data.ts';

let folder: TempFolder;
let store: Awaited<ReturnType<typeof openArtifactStore>>;

beforeAll(async () => {
  folder = await createTempFolder();
  store = await openArtifactStore(`file://${folder.file('artifacts')}`);
});

afterAll(async () => {
  await store.close();
  await folder.remove();
});

/** One feature of these values; classes alternate. */
function pointsOf(values: readonly number[]): SourcePoints {
  return {
    count: values.length,
    features: 1,
    classes: 2,
    x: Float64Array.from(values),
    y: Int32Array.from(values, (_, i) => i % 2),
  };
}

const described = (fields: Partial<DataDescription>) => DataDescription.fromPartial(fields);
const TIMES = Array.from({ length: 40 }, (_, i) => 1_700_000_000 + 30 * i);

describe('a stored data set', () => {
  it('keeps Unix times to the second in float32, says its units, and has bounds in them', async () => {
    const description = described({ lowerBounds: [1.6e9], upperBounds: [1.8e9], warnings: ['a clock'] });
    const loaded = await loadDataset(store, await storeDataset(store, pointsOf(TIMES), description));
    const [offset] = loaded.description.featureOffsets;
    expect([...fromFeatureUnits(loaded.points, loaded.description).x]).toEqual(TIMES);
    expect(loaded.description.lowerBounds).toEqual([1.6e9 - offset]);
    expect(loaded.description.upperBounds).toEqual([1.8e9 - offset]);
    expect([loaded.warnings, loaded.description.warnings]).toEqual([['a clock'], []]);
  });

  it('has the same bytes as before if float32 holds the values', async () => {
    const ref = await storeDataset(store, pointsOf([0.1, 0.5, -1, 2]), described({ featureNames: ['a'] }));
    const stored = JSON.parse(new TextDecoder().decode(await store.get(ref.sha256)));
    expect(stored.description).toEqual({ featureNames: ['a'] });
    expect(Object.keys(stored)).toEqual(['description', 'points']);
    const { points } = await loadDataset(store, ref);
    expect(points.x).toEqual(Float32Array.of(0.1, 0.5, -1, 2));
  });

  it('distinguishes 16777216 from 16777217, and leaves expectations in their unit', async () => {
    const near = pointsOf([16777216, 16777217, 16777216, 16777217]);
    const { points } = await loadDataset(store, await storeDataset(store, near, described({})));
    expect(points.x[1] - points.x[0]).toBe(1);
    const close = pointsOf([0.5, 0.5 + 1e-9, 0.5, 0.5 + 1e-9]);
    const pauli = await loadDataset(store, await storeDataset(store, close, described({ pauliExpectations: true })));
    expect(pauli.description.featureOffsets).toEqual([]);
  });

  it('refuses warnings that are too large for a report', async () => {
    await expect(storeDataset(store, pointsOf(TIMES), described({ warnings: ['x'.repeat(2001)] }))).rejects.toThrow(
      'description.warnings: too many or too long; right would be at most 100, each of at most 2000 characters',
    );
  });

  it('refuses units that the client chose', async () => {
    await expect(storeDataset(store, pointsOf(TIMES), described({ featureOffsets: [3] }))).rejects.toThrow(
      'description.feature_offsets: has 1 entries; the agent chooses the units; right would be none',
    );
  });
});

describe('a study on a file with copies', () => {
  /** 30 different rows, and 10 of them once more. */
  const values = [...Array.from({ length: 30 }, (_, i) => i), ...Array.from({ length: 10 }, (_, i) => 3 * i)];
  const copies = { ...pointsOf(values), y: Int32Array.from(values, (value) => value % 2) };

  async function open(identicalRows: IdenticalRows) {
    const dataset = await storeDataset(store, copies, described({}));
    const data = DataSource.fromPartial({ source: { $case: 'dataset', value: dataset }, testSize: 10, identicalRows });
    const given = smallStudy({
      data,
      evaluation: { draws: 20, rivals: [], rivalEvaluations: 1, portfolio: false, choice: '' },
    });
    const { signal } = new AbortController();
    const settings = await completeSettings(given, { isPolicyRemote: false }, signal);
    return { settings, seeds: createSeeds(settings.seed) };
  }

  const shared = (a: Points, b: Points) => [...a.x].filter((value) => b.x.includes(value)).length;

  it('has no test point among the labels of any draw, and none of a fold on both sides', async () => {
    const { settings, seeds } = await open(IdenticalRows.UNSPECIFIED);
    expect(settings.data.identicalRows).toBe(IdenticalRows.TOGETHER);
    const data = await openStudyData(settings, seeds, store);
    for (let draw = 0; draw < 20; draw++) {
      const { labels, test } = await data.replicate(draw);
      expect(shared(test, labels)).toBe(0);
    }
    const { labels } = await data.own();
    const { reward, outer } = await splitLabels(labels, settings, seeds, described({}));
    for (const { train, heldOut } of [...reward, ...outer]) {
      expect(heldOut.filter((row) => train.some((other) => labels.x[other] === labels.x[row]))).toEqual([]);
    }
  });

  it('counts its outer folds by the requested labels, even if copies leave some places empty', async () => {
    // 87 rows three times each: of 101 and 99 places for the two classes, whole sets fill 99 and 99.
    const many = Array.from({ length: 261 }, (_, i) => i % 87);
    const points = { ...pointsOf(many), y: Int32Array.from(many, (value) => value % 2) };
    const dataset = await storeDataset(store, points, described({}));
    const data = DataSource.fromPartial({
      source: { $case: 'dataset', value: dataset },
      labelBudget: 200,
      testSize: 40,
    });
    const settings = await completeSettings(
      smallStudy({ data }),
      { isPolicyRemote: false },
      new AbortController().signal,
    );
    const seeds = createSeeds(settings.seed);
    const { labels } = await (await openStudyData(settings, seeds, store)).own();
    expect(labels.count).toBe(198);
    expect((await splitLabels(labels, settings, seeds, described({}))).outer).toHaveLength(outerFoldCount(settings));
  });

  it('is refused, with the name of the class, if copies cannot fill the folds', async () => {
    const few = pointsOf(Array.from({ length: 40 }, (_, i) => i % 4));
    const dataset = await storeDataset(store, few, described({ classNames: ['raw', 'ripe'] }));
    const data = DataSource.fromPartial({
      source: { $case: 'dataset', value: dataset },
      labelBudget: 20,
      testSize: 20,
    });
    const settings = await completeSettings(
      smallStudy({ data, folds: 3 }),
      { isPolicyRemote: false },
      new AbortController().signal,
    );
    const opened = await openStudyData(settings, createSeeds(1), store);
    const { labels } = await opened.own();
    await expect(splitLabels(labels, settings, createSeeds(1), opened.description)).rejects.toThrow(
      "settings.folds: the 10 points of class 'raw' are copies of one row, and identical rows stay together; 3 folds need " +
        'at least 3 different rows of each class. Give more labels or fewer folds, or say that identical rows are independent ' +
        'measurements (duplicates: independent in a study file)',
    );
  });

  it('has them if the user says that they are independent measurements', async () => {
    const { settings, seeds } = await open(IdenticalRows.INDEPENDENT);
    const data = await openStudyData(settings, seeds, store);
    const draws = await Promise.all(Array.from({ length: 20 }, (_, draw) => data.replicate(draw)));
    expect(draws.some(({ labels, test }) => shared(test, labels) > 0)).toBe(true);
    expect(draws.every(({ labels, test }) => labels.count === 30 && test.count === 10)).toBe(true);
  });

  it('keeps its splits if it was created before the setting existed', async () => {
    const { settings, seeds } = await open(IdenticalRows.INDEPENDENT);
    const before = { ...settings, data: { ...settings.data, identicalRows: IdenticalRows.UNSPECIFIED } };
    const draw = async (of: typeof settings) => (await openStudyData(of, seeds, store)).replicate(3);
    expect(await draw(before)).toEqual(await draw(settings));
  });
});

describe('a study on a task', () => {
  it.each(['labelBudget', 'testSize'])(
    'stops drawing, even a %s of hours, once its signal has aborted',
    async (size) => {
      const source = { $case: 'task', value: { name: 'annni' } } as const;
      const data = DataSource.fromPartial({ source, labelBudget: 40, testSize: 40, [size]: 10_000_000 });
      const late = new AbortController();
      const settings = await completeSettings(smallStudy({ data }), { isPolicyRemote: false }, late.signal);
      const opened = await openStudyData(settings, createSeeds(1), store);
      expect(opened.shape).toEqual({ features: 4, classes: 3 });
      const own = opened.own(late.signal);
      late.abort(new Error('too late'));
      await expect(own).rejects.toThrow('too late');
    },
  );

  it('draws its test points again after a draw that was stopped', async () => {
    const data = DataSource.fromPartial({
      source: { $case: 'task', value: { name: 'annni' } },
      labelBudget: 12,
      testSize: 6,
    });
    const { signal } = new AbortController();
    const settings = await completeSettings(smallStudy({ data }), { isPolicyRemote: false }, signal);
    const open = () => openStudyData(settings, createSeeds(1), store);
    const opened = await open();
    await expect(opened.own(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    const replicate = ({ labels, test }: Replicate) => ({ labels, test });
    expect(replicate(await opened.own())).toEqual(replicate(await (await open()).own()));
  });
});
