import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../command/errors.ts';
import { writeReport } from '../report/write-report.ts';
import { readStudyRecord, runFolderAt } from '../run-folder/run-folder.ts';
import { sample } from '../sample/sample.ts';
import { parseStudyFile } from '../study-file/load-study-file.ts';
import { type RunOptions, runStudy } from './run-study.ts';

const at = (name: string): string => fileURLToPath(new URL(`../testing/${name}.ts`, import.meta.url));
const LOCAL = { services: ['agent'], mains: { agent: at('fake-agent-main') } } as const;
const TEXT = 'data:\n  task: annni\n  labels: 40\n';

/** Options of a run with a scripted agent and no other service. */
function options(mode: string, more: Partial<RunOptions> = {}): RunOptions & { readonly lines: string[] } {
  process.env['FAKE_AGENT'] = mode;
  const lines: string[] = [];
  return {
    loaded: parseStudyFile('toy.yaml', TEXT),
    out: mkdtempSync(join(tmpdir(), 'qloom-runs-')),
    log: 'sqlite',
    resume: true,
    command: 'qloom run toy.yaml',
    progress: { write: (text: string) => lines.push(text) },
    signal: new AbortController().signal,
    env: {},
    local: LOCAL,
    lines,
    ...more,
  };
}

describe('runStudy', () => {
  it('refuses an agent elsewhere with a log elsewhere, which would make this machine a worker of a cluster', async () => {
    const shared = { log: 'nats://127.0.0.1:1', env: { QLOOM_AGENT_TARGET: '127.0.0.1:50054' } };
    const run = options('finish', shared);
    await expect(runStudy(run)).rejects.toThrow(UsageError);
    await expect(runStudy(run)).rejects.toThrow(
      /agent 127\.0\.0\.1:50054 and --log: .*give a study to a cluster: qloom submit/,
    );
    expect(readdirSync(run.out)).toEqual([]);
  });

  it.each([
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
  ])('refuses %s=%s, which services would inherit, and leaves no run folder', async (name, value) => {
    process.env[name] = value;
    try {
      const run = options('finish');
      const refused = runStudy(run);
      await expect(refused).rejects.toThrow(UsageError);
      await expect(refused).rejects.toThrow(name);
      expect(readdirSync(run.out)).toEqual([]);
    } finally {
      delete process.env[name];
    }
  });

  it('fills the run folder, and gives a finished study back without running it again', async () => {
    const run = options('finish');
    const { folder, result, alreadyThere } = await runStudy(run);
    expect(alreadyThere).toBe(false);
    const classical = ['svc', 'nearest-neighbours', 'teacher'];
    const arms = ['real-only', 'noise', 'gaussian', 'qloom', 'oracle', ...classical];
    expect(result.arms.map(({ name }) => name)).toEqual(arms);
    for (const path of [folder.studyYaml, folder.events, folder.spans, folder.cardJson, folder.report]) {
      expect([path, existsSync(path)]).toEqual([path, true]);
    }
    expect(readFileSync(folder.syntheticCsv, 'utf8')).toContain('antiphase');
    expect(readFileSync(folder.trainingCsv, 'utf8')).toBe(
      'Z3,X3X4,X3X5,Z0,label\n1,0,1,0,ferromagnetic\n0.5,-1,0,1,paramagnetic\n',
    );
    const card = readFileSync(folder.cardMarkdown, 'utf8');
    for (const said of ['seed', '40 labelled real points', 'Fréchet distance', 'qloom run toy.yaml'])
      expect(card.toLowerCase()).toContain(said.toLowerCase());
    expect(readStudyRecord(folder)).toMatchObject({ state: 'finished', id: 'toy', format: 'qloom-study/1' });
    expect(run.lines.join('')).toContain('toy  searching  2/8 episodes');

    const again = await runStudy({ ...run, local: { services: ['agent'], mains: { agent: '/nowhere.ts' } } });
    expect(again.alreadyThere).toBe(true);
    await expect(runStudy({ ...run, resume: false })).rejects.toThrow('exists already, and --no-resume was given');
    const other = parseStudyFile('toy.yaml', TEXT.replace('40', '41'));
    await expect(runStudy({ ...run, loaded: other })).rejects.toThrow(
      'other settings (data.labelBudget: 40 there, 41 here)',
    );
  });

  it('prints how the CSV was read and its warnings before anything runs', async () => {
    const lines = Array.from({ length: 12 }, (_, i) => `${i};${(i * i) % 7};${'xy'[i % 2]}`);
    const folder = mkdtempSync(join(tmpdir(), 'qloom-warn-'));
    writeFileSync(join(folder, 'data.csv'), `t;u;kind\n${lines.join('\n')}\n`);
    const loaded = parseStudyFile(join(folder, 'toy.yaml'), 'data:\n  csv: data.csv\n');
    const run = { ...options('finish'), loaded };
    await runStudy(run);
    const said = run.lines.join('').replaceAll(/\s+/g, ' ');
    expect(said).toContain('data.csv: fields are separated by semicolons');
    expect(said).toContain("Warning: data.csv: column 1 ('t') changes by 1 from row to row, as row numbers");
    expect(said.indexOf('Warning:')).toBeLessThan(said.indexOf('Starting the four services'));
  });

  it('keeps the real points of a study that adds nothing', async () => {
    const { folder, result } = await runStudy(options('add-nothing'));
    expect([result.synthetic, existsSync(folder.syntheticCsv)]).toEqual([undefined, false]);
    expect(readFileSync(folder.trainingCsv, 'utf8')).toMatch(/^Z3,.*,label\n1,0,1,0,ferromagnetic\n/);
    expect(readFileSync(folder.report, 'utf8')).toContain('</html>');
  });

  it('stops when it is interrupted, and keeps the folder for the next time', async () => {
    const interrupt = new AbortController();
    const run = options('hang', { signal: interrupt.signal });
    const watching: RunOptions = {
      ...run,
      progress: {
        write: (text: string) => {
          run.lines.push(text);
          if (text.includes('searching')) interrupt.abort(new Error('Ctrl-C'));
        },
      },
    };
    await expect(runStudy(watching)).rejects.toMatchObject({ name: 'InterruptedError', exitCode: 130 });
    expect(readStudyRecord(runFolderAt(join(run.out, 'toy'))).state).toBe('running');
    process.env['FAKE_AGENT'] = 'finish';
    const resumed = await runStudy({ ...run, signal: new AbortController().signal });
    expect(resumed.alreadyThere).toBe(false);
  });

  it('prints why a study failed and what to do, and prints it again without running anything', async () => {
    const run = options('fail');
    const said =
      /^study toy failed: every class needs 3 points\nit has ended and cannot be resumed: .*another name or --out/;
    await expect(runStudy(run)).rejects.toThrow(said);
    const idle = { services: ['agent'], mains: { agent: '/nowhere.ts' } } as const;
    await expect(runStudy({ ...run, local: idle })).rejects.toThrow(said);
    const folder = runFolderAt(join(run.out, 'toy'));
    await expect(writeReport(folder)).rejects.toThrow(said);
    await expect(sample(folder, { count: 2, seed: 1 })).rejects.toThrow(said);
  });

  it("gives the agent the policy's address of the study file, and before it that of the environment", async () => {
    const loaded = parseStudyFile('toy.yaml', `${TEXT}policy: mine\nservices:\n  policy: 127.0.0.1:7001\n`);
    await expect(runStudy(options('say-policy', { loaded }))).rejects.toThrow('failed: 127.0.0.1:7001');
    const env = { QLOOM_POLICY_TARGET: 'unix:/run/policy.sock' };
    await expect(runStudy(options('say-policy', { loaded, env }))).rejects.toThrow('failed: unix:/run/policy.sock');
  });

  it('turns the refusal of a setting into a line of the study file', async () => {
    await expect(runStudy(options('refuse'))).rejects.toThrow('toy.yaml:3: data.labels: too few');
  });

  it('ends with the path and the reason where its folder cannot be written, and keeps existing files', async () => {
    const run = options('hang');
    mkdirSync(join(run.out, 'toy', 'spans.jsonl'), { recursive: true });
    const spans = join(run.out, 'toy', 'spans.jsonl');
    await expect(runStudy(run)).rejects.toThrow(`${spans}: cannot be written: it is a folder (EISDIR)`);
    expect(readStudyRecord(runFolderAt(join(run.out, 'toy'))).state).toBe('running');
  });

  it('resumes without study.json from the log', async () => {
    const run = options('finish');
    const { folder } = await runStudy(run);
    rmSync(folder.studyJson);
    expect(await runStudy(run)).toMatchObject({ alreadyThere: false });
    expect(readStudyRecord(folder).state).toBe('finished');
  });

  it('refuses a QNN that does not fit the data before anything starts, and leaves nothing behind', async () => {
    const loaded = parseStudyFile('toy.yaml', `${TEXT}qnn:\n  observables: [Z0, Z1]\n`);
    const run = options('finish', { loaded, local: { services: ['agent'], mains: { agent: '/nowhere.ts' } } });
    await expect(runStudy(run)).rejects.toThrow(
      /^toy\.yaml:5: qnn\.observables: 2 of them, and the data has 3 classes/,
    );
    expect([readdirSync(run.out), run.lines]).toEqual([[], []]);
  });

  it('checks the settings of a task before anything starts', async () => {
    const loaded = parseStudyFile('toy.yaml', `${TEXT}  settings: { spins: 99 }\n`);
    await expect(runStudy(options('finish', { loaded }))).rejects.toThrow(
      /^toy\.yaml:4: data\.settings\.spins: 99 is not allowed/,
    );
  });
});
