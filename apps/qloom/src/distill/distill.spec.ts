import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { createRandom } from '@qloom/random/random.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { styleOf } from '../terminal/style.ts';
import { type DistillOptions, distillPoints } from './distill-points.ts';
import { openDistillSource } from './distill-source.ts';
import { distilledToJson, renderDistilled } from './distill-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'qloom-distill-'));
const signal = new AbortController().signal;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Rows of two classes; the first feature is a Unix time, which float32 does not hold. */
function times(rows: number): string {
  const random = createRandom(1);
  const lines = Array.from({ length: rows }, (_, i) => {
    const up = i % 3 === 0;
    return [1_700_000_000 + 600 * random.normal() + (up ? 900 : 0), random.normal(), up ? 'up' : 'down'].join(',');
  });
  return `${['time,noise,spin', ...lines].join('\n')}\n`;
}

const QNN = 'qnn: {qubits: 2, layers: 1, steps: 20, batch: 8}';

const options = (given: Partial<DistillOptions>): DistillOptions => ({
  points: 6,
  seed: 1,
  refine: { steps: 2, trainings: 1, unrolled: 5, stepSize: 0.1 },
  trainings: 5,
  engine: 'wasm',
  signal,
  nowMs: () => 0,
  onRefined: () => {},
  onTrained: () => {},
  ...given,
});

describe('openDistillSource', () => {
  it('keeps a fifth of a CSV for testing and takes all other rows, classes in proportion', async () => {
    const source = await openDistillSource(file('times.csv', times(90)), { seed: 1, signal });
    expect([classCounts(source.test), classCounts(source.real)]).toEqual([
      [12, 6],
      [48, 24],
    ]);
    expect(source.names).toMatchObject({ featureNames: ['time', 'noise'], classNames: ['down', 'up'] });
    expect([source.qnn.qubits, source.engine, source.title]).toEqual([4, 'auto', 'times.csv']);
  });

  it('reads data, sizes and QNN from a study file, and takes other numbers of labels', async () => {
    file('given.csv', times(90));
    const study = file('study.yaml', `data: {csv: given.csv, test: 30, labels: 40}\n${QNN}\n`);
    const source = await openDistillSource(study, { seed: 1, signal });
    expect([source.real.count, source.test.count, source.qnn.steps]).toEqual([40, 30, 20]);
    expect((await openDistillSource(study, { seed: 1, labels: 50, signal })).real.count).toBe(50);
    await expect(openDistillSource(study, { seed: 1, labels: 80, signal })).rejects.toThrow(
      'study.yaml: labels: 80 labels and 30 test points do not fit into 90 rows',
    );
  });

  it('tests on the rows of a test file, and takes all rows of the other as real points', async () => {
    file('given.csv', times(90));
    // The columns are found by their names.
    file('test.csv', 'noise,time,spin\n0.5,1700000000,up\n-1,1700000600,down\n2,1700000000,down\n');
    const study = file('tested.yaml', `data: {csv: given.csv, testCsv: test.csv}\n${QNN}\n`);
    const source = await openDistillSource(study, { seed: 1, signal });
    expect([source.real.count, classCounts(source.test)]).toEqual([90, [2, 1]]);
    expect(writeCsv(source.test, source.names, source.units).split('\n')[1]).toBe('1700000000,0.5,up');
    expect(source.files.map((path) => path.split('/').at(-1))).toEqual(['tested.yaml', 'given.csv', 'test.csv']);
    expect((await openDistillSource(study, { seed: 1, labels: 50, signal })).real.count).toBe(50);
  });

  it('draws the real points and the test points of a task by seed, apart from each other', async () => {
    const study = file('task.yaml', `data: {task: two-curves, labels: 20, test: 10}\n${QNN}\n`);
    const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => openDistillSource(study, { seed, signal })));
    expect(again).toEqual(one);
    expect(other.real.x).not.toEqual(one.real.x);
    expect([one.real.count, one.test.count]).toEqual([20, 10]);
  });
});

describe('distillPoints', () => {
  const open = async () => {
    file('given.csv', times(90));
    return openDistillSource(file('study.yaml', `data: {csv: given.csv}\n${QNN}\n`), { seed: 1, signal });
  };

  it('gives points whose CSV a study can read, in the units of the file', async () => {
    const source = await open();
    const { distilled } = await distillPoints(source, options({}));
    const { points, featureNames, classNames } = readCsv(writeCsv(distilled, source.names, source.units), { folds: 2 });
    expect([featureNames, classNames, classCounts(points)]).toEqual([
      ['time', 'noise'],
      ['down', 'up'],
      [4, 2],
    ]);
    const [first] = points.x;
    // Three deviations around the two means.
    expect(first).toBeGreaterThan(1_700_000_000 - 2700);
    expect(first).toBeLessThan(1_700_000_000 + 3600);
  });

  it('compares the sets, and reports them as a table and as JSON', async () => {
    const source = await open();
    const trained: number[] = [];
    const chosen = options({ onTrained: (count, of) => trained.push(count / of) });
    const outcome = await distillPoints(source, chosen);
    const { arms } = outcome;
    expect(arms.map(({ name, points }) => [name, points])).toEqual([
      ['all real points', 72],
      ['distilled', 6],
      ...(outcome.refined ? [['k-means alone', 6]] : []),
      ['random subset', 6],
    ]);
    const [all, ...others] = arms;
    expect(all.comparison).toBeNull();
    for (const { accuracy, comparison } of others) {
      expect(comparison?.difference.estimate).toBeCloseTo(accuracy - all.accuracy, 12);
    }
    expect(trained).toHaveLength(5 * arms.length);
    expect(trained.at(-1)).toBe(1);
    const { refine } = chosen;
    const subject = { source, options: { points: 6, seed: 1, refine, trainings: 5 } };
    const text = renderDistilled(subject, outcome, styleOf({}, { NO_COLOR: '1' }));
    expect(text).toContain('given.csv: 6 points in place of 72, seed 1');
    expect(text).toMatch(/distilled +6 +\d+\.\d% +\S+ \[\S+, \S+\] +(yes|not shown)/);
    expect(JSON.parse(JSON.stringify(distilledToJson(subject, outcome)))).toMatchObject({
      real: 72,
      test: 18,
      points: 6,
      engine: 'wasm',
      refined: outcome.refined,
    });
  });

  it('ends with the reason of an aborted signal', async () => {
    const controller = new AbortController();
    const stopped = options({ signal: controller.signal, onRefined: () => controller.abort(new Error('interrupted')) });
    await expect(distillPoints(await open(), stopped)).rejects.toThrow('interrupted');
  });
});
