import { existsSync, readFileSync, rmSync } from 'node:fs';
import { STUDY_SERVICE_NAMES } from '@qloom/study-rpc/services.ts';
import { createWorkplace, type QloomEnd, type Workplace } from './cli-qloom.ts';
import {
  isAlive,
  type KeptEvent,
  outcomeOf,
  readLines,
  readRecord,
  rewardedEpisodes,
  servicePids,
} from './cli-run-folder.ts';
import { TINY_STUDY } from './cli-tiny-study.ts';

/** The fields of a StudyResult in JSON that these tests read. */
interface Result {
  readonly verdict: string;
  readonly data: { readonly featureNames: string[]; readonly classNames: string[] };
  readonly synthetic?: { readonly classCounts: number[]; readonly rows: number };
}

const STAGES = ['propose', 'fit', 'assess', 'evaluate', 'reward'];

/** Header and rows of a CSV without quotes. */
function readRows(csv: string): { header: string[]; rows: string[][] } {
  const [header, ...rows] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return { header, rows };
}

function countClasses(rows: readonly string[][], classNames: readonly string[]): number[] {
  return classNames.map((name) => rows.filter((row) => row.at(-1) === name).length);
}

describe('qloom run', () => {
  let place: Workplace;
  let first: QloomEnd;
  let result: Result;

  const folder = () => place.file('runs/tiny');
  const read = (name: string) => readFileSync(`${folder()}/${name}`, 'utf8');

  beforeAll(async () => {
    place = await createWorkplace();
    place.write('tiny.yaml', TINY_STUDY);
    first = await place.qloom('run', 'tiny.yaml', '--out', 'runs');
    result = readRecord(folder()).result as unknown as Result;
  }, 120_000);

  afterAll(async () => {
    await place?.remove();
  });

  it('ends with 0 and a summary, and leaves no process and no temporary file', () => {
    expect(first).toMatchObject({ code: 0 });
    const text = first.stdout.replace(/\s+/g, ' ');
    for (const said of [result.verdict, 'real data only', 'oracle', 'p50', 'runs/tiny/report.html']) {
      expect(text).toContain(said);
    }
    expect(first.stdout).not.toContain('\u001b');
    expect(first.stderr).toMatch(/tiny {2}searching {2}3\/4 episodes/);
    const pids = servicePids(folder());
    expect(pids).toHaveLength(STUDY_SERVICE_NAMES.length);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(place.leftovers()).toEqual([]);
  });

  it('keeps the study file, the record, the events in order, the spans and the report', () => {
    expect(read('study.yaml')).toBe(TINY_STUDY);
    expect(readRecord(folder()).state).toBe('finished');
    const events = readLines<KeptEvent>(`${folder()}/events.jsonl`);
    const sequences = events.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    expect([events[0].slot, events.at(-1)?.slot]).toEqual(['create', 'finish']);
    expect(rewardedEpisodes(folder())).toEqual([0, 1, 2, 3]);
    const spans = readLines<{ name: string; service: string }>(`${folder()}/spans.jsonl`);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(STUDY_SERVICE_NAMES));
    for (const stage of STAGES) expect(spans.filter(({ name }) => name === stage)).toHaveLength(4);
    const report = read('report.html');
    expect(report).toMatch(/<svg[\s\S]*<\/html>\s*$/);
    expect(report).toContain('tiny');
  });

  it('keeps the synthetic data with its card, whose counts match the rows', () => {
    const { data, synthetic } = result;
    const { header, rows } = readRows(read('synthetic.csv'));
    expect(header).toEqual([...data.featureNames, 'label']);
    expect(rows).toHaveLength(synthetic?.rows ?? -1);
    expect(countClasses(rows, data.classNames)).toEqual(synthetic?.classCounts);
    for (const row of rows) expect(row.slice(0, -1).every((value) => Number.isFinite(Number(value)))).toBe(true);
    const card = read('synthetic.card.md');
    for (const said of [result.verdict, '24 labelled real points', 'study 11', 'qloom run tiny.yaml --out runs']) {
      expect(card).toContain(said);
    }
    expect(JSON.parse(read('synthetic.card.json'))).toMatchObject({ studySeed: 11, rows: rows.length });
    expect(readRows(read('training.csv')).rows).toHaveLength(24);
  });

  it('gives the same result and the same points again for the same seed', async () => {
    const { code, stdout } = await place.qloom('run', 'tiny.yaml', '--out', 'again', '--json');
    expect(code).toBe(0);
    expect(outcomeOf(place.file('again/tiny'))).toEqual(outcomeOf(folder()));
    expect(JSON.parse(stdout)).toMatchObject({ study: 'tiny', verdict: result.verdict });
  }, 120_000);

  it('shows a finished study again without running it, and refuses it with --no-resume', async () => {
    const lives = servicePids(folder()).length;
    const [again, refused] = [
      await place.qloom('run', 'tiny.yaml', '--out', 'runs'),
      await place.qloom('run', 'tiny.yaml', '--out', 'runs', '--no-resume'),
    ];
    expect(again).toMatchObject({ code: 0, stdout: first.stdout });
    expect(again.stderr).toContain('has finished before');
    expect(servicePids(folder())).toHaveLength(lives);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') });
  });

  it('sample draws the requested number of points, by seed, of one class', async () => {
    const { data } = result;
    const sample = (...args: string[]) => place.qloom('sample', 'tiny', '--out', 'runs', '--count', '30', ...args);
    const drawn = await sample('--seed', '5');
    expect(drawn.code).toBe(0);
    const { header, rows } = readRows(drawn.stdout);
    expect(header).toEqual([...data.featureNames, 'label']);
    expect(rows).toHaveLength(30);
    const real = countClasses(readRows(read('training.csv')).rows, data.classNames);
    // 24 labels, as many of each of three classes as of the others: 30 points divide alike.
    expect(real).toEqual([8, 8, 8]);
    expect(countClasses(rows, data.classNames)).toEqual([10, 10, 10]);
    expect((await sample('--seed', '5')).stdout).toBe(drawn.stdout);
    const one = readRows((await sample('--seed', '6', '--class', data.classNames[1])).stdout).rows;
    expect(countClasses(one, data.classNames)).toEqual([0, 30, 0]);
    expect(await sample('--class', 'liquid')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`"liquid" is not one of ${data.classNames.join(', ')}`),
    });
    expect(place.leftovers()).toEqual([]);
  }, 120_000);

  it('report writes the report again, and prints the summary or JSON', async () => {
    rmSync(`${folder()}/report.html`);
    const report = await place.qloom('report', 'runs/tiny');
    expect(report).toMatchObject({ code: 0, stdout: first.stdout });
    expect(existsSync(`${folder()}/report.html`)).toBe(true);
    const { stdout } = await place.qloom('report', 'tiny', '--out', 'runs', '--json');
    expect(JSON.parse(stdout).result).toEqual(result);
  });

  it('trace draws an episode through all four services', async () => {
    const [drawn, json] = await Promise.all([
      place.qloom('trace', '0', '--out', 'runs'),
      place.qloom('trace', '0', '--run', 'runs/tiny', '--json'),
    ]);
    expect(drawn.code).toBe(0);
    for (const stage of STAGES)
      expect(drawn.stdout).toMatch(new RegExp(`^ *${stage} .*█|^ *${stage} .*[▏▎▍▌▋▊▉]`, 'm'));
    const spans = JSON.parse(json.stdout) as { name: string; service: string; traceId: string }[];
    expect(drawn.stdout.trimEnd().split('\n')).toHaveLength(spans.length);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(STUDY_SERVICE_NAMES));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('stages counts every stage of every episode', async () => {
    const [table, json] = await Promise.all([
      place.qloom('stages', 'tiny', '--out', 'runs'),
      place.qloom('stages', 'tiny', '--out', 'runs', '--json'),
    ]);
    expect(table.stdout).toMatch(/p50 +p95 +p99/);
    const stages = JSON.parse(json.stdout) as {
      stage: string;
      count: number;
      step: boolean;
      p50: number;
      p95: number;
      total: number;
    }[];
    const counts = new Map(stages.filter(({ step }) => !step).map(({ stage, count }) => [stage, count]));
    for (const stage of STAGES) expect([stage, counts.get(stage)]).toEqual([stage, 4]);
    const others = [...counts.keys()].filter((stage) => !STAGES.some((one) => one === stage));
    expect(others).toEqual(['create-study', 'job', 'final-evaluation']);
    for (const { p50, p95, total, count } of stages) {
      expect(p50).toBeLessThanOrEqual(p95);
      expect(p50).toBeGreaterThan(0);
      expect(total).toBeGreaterThanOrEqual((p50 * count) / 2);
    }
  });

  it('datasets lists the tasks and draws them; doctor finds all four services', async () => {
    const listed = await place.qloom('datasets', '--json');
    const names = (JSON.parse(listed.stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['annni', 'hidden-manifold', 'two-curves']));
    const drawn = await place.qloom('datasets', 'draw', 'annni', '--count', '12', '--set', 'spins=6');
    const { header, rows } = readRows(drawn.stdout);
    expect(header).toHaveLength(5);
    expect(rows).toHaveLength(12);

    const doctor = await place.qloom('doctor', '--json');
    expect(doctor.code).toBe(0);
    const findings = JSON.parse(doctor.stdout) as { what: string; state: string; detail: string }[];
    for (const service of STUDY_SERVICE_NAMES) {
      expect(findings).toContainEqual(expect.objectContaining({ what: service, state: 'ok' }));
    }
    const inUse = findings.filter(({ detail }) => detail.startsWith('in use')).map(({ what }) => what.trim());
    for (const service of ['generator', 'discriminator', 'qnn-sim']) {
      expect(inUse).toContainEqual(expect.stringMatching(`^${service}: `));
    }
    // Compiled training steps, and the backend of eager ones.
    expect(inUse).toEqual(expect.arrayContaining(['generator: compiled', 'discriminator: compiled']));
    expect(place.leftovers()).toEqual([]);
  }, 120_000);
});
