import { DataSource, IdenticalRows } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { openArtifactStore } from '@qloom/episode-log/open-log.ts';
import type { SourcePoints } from '@qloom/study/points/points.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createSeeds } from '../../domain/seeds.ts';
import { smallStudy } from '../../testing/world.ts';
import { completeSettings } from '../settings/complete-settings.ts';
import { storeDataset, storeUnlabelled } from './datasets.ts';
import { openStudyData } from './study-data.ts';

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

/** Times seconds apart, which float32 holds only in units of their own. */
const VALUES = Array.from({ length: 40 }, (_, i) => 1_700_000_000 + 30 * i);
const labelled = (values: readonly number[]): SourcePoints => ({
  count: values.length,
  features: 1,
  classes: 2,
  x: Float64Array.from(values),
  y: Int32Array.from(values, (_, i) => i % 2),
});
const rows = (values: readonly number[]) => ({ count: values.length, features: 1, x: Float64Array.from(values) });
const named = (featureNames: string[], more: Partial<DataDescription> = {}) =>
  DataDescription.fromPartial({ featureNames, ...more });

async function open(data: Parameters<typeof DataSource.fromPartial>[0]) {
  const given = smallStudy({ data: DataSource.fromPartial({ labelBudget: 20, testSize: 10, ...data }) });
  const settings = await completeSettings(given, { isPolicyRemote: false }, new AbortController().signal);
  return openStudyData(settings, createSeeds(1), store);
}

const onFile = async (more: Parameters<typeof DataSource.fromPartial>[0]) => {
  const value = await storeDataset(store, labelled(VALUES), named(['t']));
  return open({ source: { $case: 'dataset', value }, ...more });
};
const poolOf = async (values: readonly number[], names = ['t']) =>
  ({ source: { $case: 'dataset', value: await storeUnlabelled(store, rows(values), named(names)) } }) as const;

describe('unlabelled points of a file', () => {
  it('are in the units of the study, without rows that may be test points, and the result says how many', async () => {
    const fresh = [1_700_000_015, 1_700_000_045];
    const data = await onFile({ unlabelled: await poolOf([VALUES[3], ...fresh, VALUES[7]]) });
    const pool = await data.ownSources.unlabelled?.();
    const [offset] = data.description.featureOffsets;
    expect([...(pool?.x ?? [])].map((value) => value + offset)).toEqual(fresh);
    expect(data.warnings).toEqual([
      '2 of the 4 unlabelled rows are also rows of the data set, where any row may be a test point; they are left out.',
    ]);
    expect(data.sizes).toMatchObject({ unlabelled: 2, source: 0 });
    expect([...data.meets]).toEqual(['unlabelled']);
    expect(await (await data.replicate(0)).sources.unlabelled?.()).toEqual(pool);
  });

  it('are refused if none is left, or if their features are others', async () => {
    await expect(onFile({ unlabelled: await poolOf(VALUES) })).rejects.toThrow(
      'settings.data.unlabelled: each of its 40 rows is also a row of the data set, so that it may be a test point',
    );
    await expect(onFile({ unlabelled: await poolOf([1], ['u']) })).rejects.toThrow(
      `settings.data.unlabelled: its features are "u"; right would be those of the study's data, in that order: "t"`,
    );
  });
});

describe('test points of a file of their own', () => {
  /** Rows that are not in the data set. */
  const OTHERS = Array.from({ length: 12 }, (_, i) => 1_700_000_010 + 30 * i);
  const testOf = (values: readonly number[], more: Partial<DataDescription> = {}) =>
    storeDataset(store, labelled(values), named(['t'], more));
  const withTest = async (values: readonly number[], more: Parameters<typeof DataSource.fromPartial>[0] = {}) =>
    onFile({ testSize: 0, labelBudget: 0, testDataset: await testOf(values), ...more });
  const seconds = (x: Float32Array, { description }: { readonly description: DataDescription }) =>
    [...x].map((value) => Math.round(value + (description.featureOffsets[0] ?? 0)));

  it('are those of every replicate, in the units of the data set, whose rows are all labels', async () => {
    const data = await withTest(OTHERS);
    expect(data.sizes).toMatchObject({ labels: 40, test: 12 });
    expect([data.isFresh, data.sharesTest, data.warnings]).toEqual([false, true, []]);
    for (const { labels, test } of [await data.own(), await data.replicate(0), await data.replicate(1)]) {
      expect(seconds(labels.x, data)).toEqual(VALUES);
      expect(seconds(test.x, data)).toEqual(OTHERS);
      expect([...test.y]).toEqual(OTHERS.map((_, i) => i % 2));
    }
    // Units, names and warnings are those of the data set, whatever the test points.
    expect(data.description).toEqual((await onFile({})).description);
  });

  it('leave the labels of a replicate to a stratified sample, another one each time', async () => {
    const data = await withTest(OTHERS, { labelBudget: 20 });
    const [first, second] = await Promise.all([data.replicate(0), data.replicate(1)]);
    for (const { labels } of [first, second]) {
      expect([labels.count, labels.y.reduce((sum, label) => sum + label, 0)]).toEqual([20, 10]);
    }
    expect(first.labels.x).not.toEqual(second.labels.x);
    expect((await data.replicate(0)).labels).toEqual(first.labels);
    await expect(withTest(OTHERS, { labelBudget: 41 })).rejects.toThrow('labels: 41 of 40 rows');
  });

  it('are no rows of the data set, which a warning names, unless rows are independent', async () => {
    const mixed = [VALUES[4], ...OTHERS, VALUES[9]];
    const warning =
      '2 of the 14 test rows (rows 1, 14) are also rows of the data set, any of which may be a label; they are';
    const data = await withTest(mixed);
    expect(seconds((await data.own()).test.x, data)).toEqual(OTHERS);
    expect([data.sizes.test, data.warnings]).toEqual([12, [`${warning} left out.`]]);
    const kept = await withTest(mixed, { identicalRows: IdenticalRows.INDEPENDENT });
    expect([kept.sizes.test, kept.warnings]).toEqual([14, [`${warning} kept as independent measurements.`]]);
    const few = [VALUES[0], OTHERS[0], VALUES[2], OTHERS[2]];
    await expect(withTest(few)).rejects.toThrow(
      /settings\.data\.test_dataset: .* none of class "0" is left without them/,
    );
  });

  it('are no unlabelled points', async () => {
    const data = await withTest(OTHERS, { unlabelled: await poolOf([OTHERS[2], 1_700_000_015]) });
    expect(data.warnings).toEqual([expect.stringMatching(/^1 of the 2 unlabelled rows are also rows of the data set/)]);
  });

  it('need the features and classes of the data set', async () => {
    const other = await storeDataset(store, labelled(OTHERS), named(['u']));
    await expect(withTest(OTHERS, { testDataset: other })).rejects.toThrow(
      'settings.data.test_dataset: its features are "u"; right would be those of the study\'s data, in that order: "t"',
    );
    const own = await storeDataset(store, labelled(VALUES), named(['t'], { classNames: ['a', 'b'] }));
    const test = await testOf(OTHERS, { classNames: ['a', 'c'] });
    const given = { source: { $case: 'dataset', value: own }, testDataset: test, testSize: 0 } as const;
    await expect(open(given)).rejects.toThrow('settings.data.test_dataset: its classes are "a", "c"; right would be');
  });

  it('have their own number, and belong to a data set', async () => {
    await expect(withTest(OTHERS, { testSize: 10 })).rejects.toThrow(
      'settings.data.test_size: is that of test points that are split from the data set; right would be 0 with others',
    );
    const source = { $case: 'task', value: { name: 'annni', settingsJson: '' } } as const;
    await expect(open({ source, testSize: 0, testDataset: await testOf(OTHERS) })).rejects.toThrow(
      'settings.data.test_dataset: belongs to a data set; a task draws its test points',
    );
  });
});

describe('points of a simulator from a file', () => {
  /** Rows that are not in the data set. */
  const OTHERS = Array.from({ length: 8 }, (_, i) => 1_700_000_005 + 30 * i);
  const from = async (given: SourcePoints) =>
    ({ simulator: { source: { $case: 'dataset', value: await storeDataset(store, given, named(['t'])) } } }) as const;
  const sourceTimes = async (data: Awaited<ReturnType<typeof open>>) =>
    [...((await data.ownSources.source?.())?.x ?? [])].map((x) => Math.round(x + data.description.featureOffsets[0]));

  it('are no rows of the data set, whatever their label, which a warning names, unless rows are independent', async () => {
    // The second copy has another label than the row of the data set.
    const mixed = [VALUES[4], VALUES[8], ...OTHERS];
    const data = await onFile(await from(labelled(mixed)));
    const warning =
      '2 of the 10 simulator rows (rows 1, 2) are also rows of the data set, any of which may be a test point; they are';
    expect(await sourceTimes(data)).toEqual(OTHERS);
    expect([data.sizes.source, data.warnings]).toEqual([8, [`${warning} left out.`]]);
    expect((await (await data.replicate(0)).sources.source?.())?.count).toBe(8);
    const kept = await onFile({ ...(await from(labelled(mixed))), identicalRows: IdenticalRows.INDEPENDENT });
    expect([kept.sizes.source, kept.warnings]).toEqual([10, [`${warning} kept as independent measurements.`]]);
  });

  it('are no test points of a file of their own', async () => {
    const test = OTHERS.slice(0, 4);
    const testDataset = await storeDataset(store, labelled(test), named(['t']));
    const data = await onFile({ testSize: 0, labelBudget: 0, testDataset, ...(await from(labelled(OTHERS))) });
    expect(await sourceTimes(data)).toEqual(OTHERS.slice(4));
    expect(data.warnings).toEqual([expect.stringMatching(/^4 of the 8 simulator rows \(rows 1, 2, 3, 4\) are also/)]);
  });

  it('are found among the rows of the data set when float32 needs other units in their file', async () => {
    // Fractions of seconds, which the units of the two files round differently.
    const own = VALUES.map((value, i) => value + i / 7);
    const far = OTHERS.map((value, i) => value + 86_400 * i + i / 3);
    const value = await storeDataset(store, labelled(own), named(['t']));
    const copies = [own[3], own[20], own[33], own[38]];
    const source = { $case: 'dataset', value } as const;
    const data = await open({ source, ...(await from(labelled([...copies, ...far]))) });
    expect(data.sizes.source).toBe(far.length);
    expect(data.warnings).toEqual([expect.stringMatching(/^4 of the 12 simulator rows \(rows 1, 2, 3, 4\)/)]);
    const testDataset = await storeDataset(store, labelled([...copies, ...far]), named(['t']));
    const withTest = await open({ source, testSize: 0, testDataset });
    expect(withTest.sizes.test).toBe(far.length);
  });

  it('are refused if none of a class is left', async () => {
    await expect(onFile(await from(labelled([OTHERS[0], VALUES[0], OTHERS[2], VALUES[3]])))).rejects.toThrow(
      /settings\.data\.simulator: 2 of the 4 simulator rows .*, and none of class "1" is left without them; give other/,
    );
  });

  it('are in the units of the study', async () => {
    const times = [1_700_000_001, 1_700_009_001, 1_700_000_021, 1_700_009_021];
    const value = await storeDataset(store, labelled(times), named(['t']));
    const data = await onFile({ simulator: { source: { $case: 'dataset', value } } });
    const [offset] = data.description.featureOffsets;
    // Their own units have another offset; a second is kept in either.
    expect([...((await data.ownSources.source?.())?.x ?? [])].map((x) => Math.round(x + offset))).toEqual(times);
  });

  it('need the same classes', async () => {
    const value = await storeDataset(store, labelled(VALUES), named(['t'], { classNames: ['a', 'b'] }));
    const own = await storeDataset(store, labelled(VALUES), named(['t'], { classNames: ['a', 'c'] }));
    const given = {
      source: { $case: 'dataset', value: own },
      simulator: { source: { $case: 'dataset', value } },
    } as const;
    await expect(open(given)).rejects.toThrow(
      `settings.data.simulator: its classes are "a", "b"; right would be those of the study's data, in that order: "a", "c"`,
    );
  });
});

describe('sources of a task', () => {
  const source = { $case: 'task', value: { name: 'annni', settingsJson: '' } } as const;
  const simulator = { source: { $case: 'relative', value: { settingsJson: '{"spins": 4}', points: 30 } } } as const;

  it('are drawn anew for every replicate, the same for the same one, and are no test points', async () => {
    const data = await open({ source, unlabelled: { source: { $case: 'count', value: 25 } }, simulator });
    const [first, second] = await Promise.all([data.replicate(0), data.replicate(1)]);
    const pool = await first.sources.unlabelled?.();
    expect(pool).toMatchObject({ count: 25, features: 4 });
    expect(pool).not.toHaveProperty('y');
    expect(await second.sources.unlabelled?.()).not.toEqual(pool);
    expect(await (await data.replicate(0)).sources.unlabelled?.()).toEqual(pool);
    expect(await first.sources.source?.()).toMatchObject({ count: 30, classes: 3 });
    expect([...data.meets]).toEqual(['shots', 'unlabelled', 'source']);
  });

  it.each([
    [{ settingsJson: '{"spins": 3}' }, 'settings.data.simulator.spins: 3 is not allowed in task annni'],
    [{ settingsJson: '[]' }, 'is no JSON object'],
  ])('are refused with the setting at fault: %j', async (wrong, message) => {
    const value = { points: 10, ...wrong };
    await expect(open({ source, simulator: { source: { $case: 'relative', value } } })).rejects.toThrow(message);
  });

  it('belong to a task and not to a file', async () => {
    await expect(onFile({ unlabelled: { source: { $case: 'count', value: 25 } }, simulator })).rejects.toThrow(
      'a data set draws no points; right would be a reference to a data set of such points',
    );
  });
});
