import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseStudyFile } from '../study-file/load-study-file.ts';
import { toStudySettings } from '../study-file/to-settings.ts';
import { readStudyCsv } from './put-csv.ts';
import { readSourceFiles } from './source-files.ts';
import { checkData } from './study-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'qloom-sources-'));
writeFileSync(
  join(folder, 'data.csv'),
  `a,b,kind\n${['1,2,x', '2,3,y', '3,1,x', '4,4,y', '5,0,x', '6,9,y'].join('\n')}\n`,
);

function study(fields: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return parseStudyFile(join(folder, 's.yaml'), fields);
}
const OWN = 'data:\n  csv: data.csv\n';
const TASK = 'data:\n  task: annni\n  labels: 18\n';

async function sources(fields: string, files: Readonly<Record<string, string>> = {}) {
  const loaded = study(fields, files);
  const csv = await readStudyCsv(loaded);
  checkData(loaded, csv);
  return readSourceFiles(loaded, csv);
}

describe('unlabelled points of a study file', () => {
  it('are read with the features of the data, in its order', async () => {
    const { unlabelled } = await sources(`${OWN}  unlabelled: pool.csv\n`, { 'pool.csv': 'id,b,a\n1,8,7\n2,6,5\n' });
    expect([...(unlabelled?.x ?? [])]).toEqual([7, 8, 5, 6]);
  });

  it('are a number for a task', async () => {
    expect(await sources(`${TASK}  unlabelled: 600\n`)).toEqual({});
    const { data } = toStudySettings(study(`${TASK}  unlabelled: 600\n`).study);
    expect(data?.unlabelled).toEqual({ source: { $case: 'count', value: 600 } });
  });

  it.each([
    [`${OWN}  unlabelled: none.csv\n`, 's.yaml:3: data.unlabelled: none.csv is not there'],
    [`${OWN}  unlabelled: 600\n`, 's.yaml:3: data.unlabelled: a csv draws no points; give the path of another csv'],
    [`${OWN}  unlabelled: bad.csv\n`, "bad.csv: has no column 'b', a feature of the study's data"],
    [`${TASK}  unlabelled: 0\n`, 's.yaml:4: data.unlabelled: 0 is below the minimum 1'],
  ])('are refused before anything starts: %j', async (fields, message) => {
    await expect((async () => sources(fields, { 'bad.csv': 'a,c\n1,2\n' }))()).rejects.toThrow(message);
  });
});

describe('the test points of a study file', () => {
  it('are read with the features and classes of the data', async () => {
    const { test } = await sources(`${OWN}  testCsv: test.csv\n`, {
      'test.csv': 'id,b,a,kind\n1,2,1,y\n2,4,1,x\n3,6,1,y\n',
    });
    // A feature may be constant in them: nothing is learned from test points.
    expect([...(test?.points.x ?? [])]).toEqual([1, 2, 1, 4, 1, 6]);
    expect([test?.classNames, [...(test?.points.y ?? [])]]).toEqual([
      ['x', 'y'],
      [1, 0, 1],
    ]);
  });

  it('are read by position without a header, as the data are', async () => {
    const files = { 'plain.csv': '9,1,2,x\n9,2,3,y\n8,3,1,x\n7,4,4,y\n', 'plain-test.csv': '5,6,7,y\n5,8,9,x\n' };
    const data = 'data:\n  csv: plain.csv\n  header: false\n  ignore: [0]\n  testCsv: plain-test.csv\nfolds: 2\n';
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { test } = await sources(data);
    expect([[...(test?.points.x ?? [])], [...(test?.points.y ?? [])]]).toEqual([
      [6, 7, 8, 9],
      [1, 0],
    ]);
  });

  it('are a reference of the settings, once they are stored', () => {
    const test = { sha256: 'a'.repeat(64), sizeBytes: 1, mediaType: '' };
    const { data } = toStudySettings(study(`${OWN}  testCsv: test.csv\n`).study, { test });
    expect(data?.testDataset).toEqual(test);
    expect(toStudySettings(study(OWN).study).data).not.toHaveProperty('testDataset', expect.anything());
  });

  it.each([
    [`${OWN}  testCsv: none.csv\n`, 's.yaml:3: data.testCsv: none.csv is not there'],
    [`${OWN}  testCsv: lacks.csv\n`, 'lacks.csv'],
    [`${OWN}  testCsv: one.csv\n`, 'one.csv: no row has the label "y", a class of the study\'s data'],
    [`${OWN}  testCsv: more.csv\n`, 'more.csv:3'],
    [`${OWN}  test: 20\n  testCsv: one.csv\n`, 's.yaml:3: data.test: cannot be combined with testCsv'],
    [`${TASK}  testCsv: one.csv\n`, 's.yaml:4: data.testCsv: belongs to a csv, not to a task'],
  ])('are refused before anything starts: %j', async (fields, message) => {
    const files = {
      'lacks.csv': 'a,c,kind\n1,2,x\n3,4,y\n',
      'one.csv': 'a,b,kind\n1,2,x\n3,4,x\n',
      'more.csv': 'a,b,kind\n1,2,x\n3,4,z\n5,6,y\n',
    };
    await expect((async () => sources(fields, files))()).rejects.toThrow(message);
  });
});

describe('the simulator of a study file', () => {
  it('is read with the features and classes of the data', async () => {
    const { simulator } = await sources(`${OWN}  simulator: cheap.csv\n`, {
      'cheap.csv': 'b,a,kind\n2,1,y\n4,3,x\n6,5,y\n',
    });
    expect([...(simulator?.points.x ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([simulator?.classNames, [...(simulator?.points.y ?? [])]]).toEqual([
      ['x', 'y'],
      [1, 0, 1],
    ]);
  });

  it('is a task with other settings, and a number of points', () => {
    const { data } = toStudySettings(study(`${TASK}  simulator: { settings: { spins: 4 }, points: 500 }\n`).study);
    const value = { settingsJson: '{"spins":4}', points: 500 };
    expect(data?.simulator).toEqual({ source: { $case: 'relative', value } });
  });

  it.each([
    [`${TASK}  simulator: { settings: { spins: 3 } }\n`, 's.yaml:4: data.simulator.settings.spins: 3 is not allowed'],
    [
      'data:\n  task: two-curves\n  labels: 20\n  simulator: { settings: { noise: 0.1 } }\n',
      'two-curves has no cheaper relative; give points from elsewhere as a CSV (tasks with one: annni)',
    ],
    [`${OWN}  simulator: one.csv\n`, 'one.csv: no row has the label "y", a class of the study\'s data'],
    [`${OWN}  simulator: other.csv\n`, 'other.csv'],
    [`${OWN}  simulator: { points: 5 }\n`, 's.yaml:3: data.simulator: a csv draws no points'],
  ])('is refused before anything starts: %j', async (fields, message) => {
    const files = { 'one.csv': 'a,b,kind\n1,2,x\n3,4,x\n', 'other.csv': 'a,b,kind\n1,2,x\n3,4,z\n' };
    await expect((async () => sources(fields, files))()).rejects.toThrow(message);
  });
});
