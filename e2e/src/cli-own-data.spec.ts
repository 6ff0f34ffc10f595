import { existsSync, readFileSync } from 'node:fs';
import { createWorkplace, type Workplace } from './cli-qloom.ts';
import { readRecord, rewardedEpisodes } from './cli-run-folder.ts';

type Row = readonly [number | '', number, string];

/** Twenty-four points of two named classes, in two overlapping clouds, with the label in the middle column. */
const ROWS: readonly Row[] = Array.from({ length: 24 }, (_, i) => {
  const side = i % 2;
  return [((i * 0.37) % 1) + 0.6 * side, ((i * 0.61) % 1) - 0.4 * side, side === 1 ? 'ripe' : 'raw'] as const;
});

function csvOf(rows: readonly Row[]): string {
  return `size,state,weight\n${rows.map(([size, weight, state]) => `${size},${state},${weight}\n`).join('')}`;
}

const STUDY = `data:
  csv: fruit.csv
  label: state
  test: 6
qnn: { qubits: 2, layers: 2, steps: 30, batch: 16 }
folds: 2
qnnSeeds: 1
episodes: 4
sobol: 2
batch: 2
space: { method: gan, gan.steps: 20, vae.width: 16, disc.filters: '8' }
evaluation: { draws: 2, rivals: [noise] }
`;

/** A QNN with a custom circuit, readout and noise, instead of the study's. */
const QNN = `qnn:
  qubits: 2
  layers: 1
  encoding: zz-feature-map
  ansatz: efficient-su2
  options:
    encoding: { repeats: 1 }
    ansatz: { entanglement: linear }
  observables: [Z0, -1*Z0]
  noise: { readoutError: 0.01 }
  steps: 30
  batch: 16
`;

describe("a CSV of the user's own", () => {
  let place: Workplace;

  beforeEach(async () => {
    place = await createWorkplace();
  });

  afterEach(async () => {
    await place.remove();
  });

  it('runs from end to end, with a named label column and a custom circuit', async () => {
    place.write('fruit.csv', csvOf(ROWS));
    place.write('fruit.yaml', STUDY.replace(/^qnn: .*\n/m, QNN));
    const { code, stdout } = await place.qloom('run', 'fruit.yaml', '--out', 'runs');
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain('every claim is about this file only');
    expect(rewardedEpisodes(place.file('runs/fruit'))).toEqual([0, 1, 2, 3]);
    const synthetic = readFileSync(place.file('runs/fruit/synthetic.csv'), 'utf8').trimEnd().split('\n');
    expect(synthetic[0]).toBe('size,weight,label');
    for (const row of synthetic.slice(1)) expect(row).toMatch(/^[-\d.e]+,[-\d.e]+,(raw|ripe)$/);
    const { result } = readRecord(place.file('runs/fruit'));
    expect(result).toMatchObject({
      data: { classNames: ['raw', 'ripe'] },
      settings: {
        qnn: { encoding: 'zz-feature-map', encodingOptions: { repeats: '1' }, noise: { readoutError: 0.01 } },
      },
    });
  }, 120_000);

  const change = (at: number, row: (row: Row) => Row) => csvOf(ROWS.map((r, i) => (i === at ? row(r) : r)));

  it.each([
    [
      'a missing value',
      change(6, ([, weight, state]) => ['', weight, state]),
      "fruit.csv:8: line 8, column 1 ('size'): the value is missing; fill it in or leave the row out",
    ],
    [
      'a value that is no number',
      csvOf(ROWS).replace(/^[\d.]+,raw/m, 'big,raw'),
      "fruit.csv:2: line 2, column 1 ('size'): 'big' is not a finite number; give one",
    ],
    [
      'one class only',
      csvOf(ROWS.map(([size, weight]) => [size, weight, 'raw'])),
      "fruit.csv: column 2 ('state'): every label is 'raw'; there must be at least two classes",
    ],
    [
      'a constant feature',
      csvOf(ROWS.map(([size, , state]) => [size, 3, state])),
      "fruit.csv: column 3 ('weight') has the same value, 3, in every row and can teach nothing; leave it out",
    ],
    [
      'fewer points than classes need',
      csvOf(ROWS.map(([size, weight], i) => [size, weight, `tree ${i % 20}`])),
      "fruit.csv: column 2 ('state'): 24 points have 20 different labels, as names or ids have; give at least two points a class",
    ],
    [
      'a class with fewer points than folds',
      change(6, ([size, weight]) => [size, weight, 'rotten']),
      "fruit.csv: folds: class 'rotten' has 1 of 24 points; 2 folds need at least 2 of each class",
    ],
  ])('%s: code 2, a message that says where and what would be right, no run folder', async (_case, csv, message) => {
    place.write('fruit.csv', csv);
    place.write('fruit.yaml', STUDY);
    const { code, stderr, stdout } = await place.qloom('run', 'fruit.yaml', '--out', 'runs');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(existsSync(place.file('runs'))).toBe(false);
  });

  it.each([
    [
      'a file that is not there',
      STUDY.replace('fruit.csv', 'none.csv'),
      'fruit.yaml:2: data.csv: none.csv is not there',
    ],
    [
      'a label column that is not there',
      STUDY.replace('label: state', 'label: stat'),
      "fruit.yaml:3: data.label: there is no column 'stat'; the columns are size, state, weight",
    ],
    [
      'a field of no study',
      STUDY.replace('layers: 2', 'layer: 2'),
      'fruit.yaml:5: qnn.layer: no such field; did you mean "layers"?',
    ],
    ['a policy of none', `${STUDY}policy: ppoo\n`, 'fruit.yaml:13: policy: "ppoo" is not one of ppo-surrogate, ppo'],
    ['no YAML at all', `${STUDY}: : [\n`, 'fruit.yaml:13: '],
  ])('a study file with %s: code 2, its line and field, no run folder', async (_case, study, message) => {
    place.write('fruit.csv', csvOf(ROWS));
    place.write('fruit.yaml', study);
    const { code, stderr } = await place.qloom('run', 'fruit.yaml', '--out', 'runs');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(place.file('runs'))).toBe(false);
  });

  it('refusals of the services: code 2, its line, no run folder, and the corrected study runs', async () => {
    place.write('fruit.csv', csvOf(ROWS));
    place.write('fruit.yaml', STUDY.replace('gan.steps', 'gan.stepps'));
    const refused = await place.qloom('run', 'fruit.yaml', '--out', 'runs');
    expect(refused.stderr).toMatch(/^qloom: fruit\.yaml:11: space\.gan\.stepps: /m);
    expect(refused.code).toBe(2);
    expect(existsSync(place.file('runs/fruit'))).toBe(false);
    expect(place.leftovers()).toEqual([]);
    place.write('fruit.yaml', STUDY.replace('episodes: 4', 'episodes: 2'));
    expect(await place.qloom('run', 'fruit.yaml', '--out', 'runs')).toMatchObject({ code: 0 });
  }, 120_000);
});
