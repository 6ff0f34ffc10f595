import { readdirSync, readFileSync } from 'node:fs';
import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createWorkplace, type RunningQloom, type Workplace } from './cli-qloom.ts';
import { readLines, readRecord, servicePids, untilGone } from './cli-run-folder.ts';

/** Two tasks at two numbers of labels, each study with every phase. */
const TINY_COMPARE = `name: tiny
seed: 11
defaults:
  data: { test: 60 }
  qnn: { qubits: 2, layers: 2, steps: 20, batch: 16 }
  folds: 2
  episodes: 2
  sobol: 2
  batch: 2
  space: { method: gan, gan.steps: 20, gan.batchSize: '16', disc.filters: '8', vae.width: 16, synthRatio: { min: 1, max: 2 } }
  evaluation: { draws: 3, rivals: [noise], rivalEvaluations: 1 }
cells:
  - data: { task: annni, settings: { spins: 6, shots: 32 } }
    labels: [18, 24]
  - data: { task: two-curves }
    labels: [20, 40]
`;
const CELLS = ['annni-n18', 'annni-n24', 'two-curves-n20', 'two-curves-n40'];
/** Of results: they depend on clocks and on the speed of the machine. */
const TIMED = new Set(['seconds', 'createdAt', 'finishedAt']);

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  place.write('tiny.yaml', TINY_COMPARE);
});
afterEach(() => place.remove());

/** The result of each cell without times, by cell. */
function resultsOf(out: string): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(place.file(`${out}/tiny/cells`)).map((id) => {
      const { state, result } = readRecord(place.file(`${out}/tiny/cells/${id}`));
      return [
        id,
        {
          state,
          result: JSON.parse(JSON.stringify(result ?? null), (key, value) => (TIMED.has(key) ? undefined : value)),
        },
      ];
    }),
  );
}

/** Studies that the agent of a folder took, in order; from all its processes. */
function studiesOf(out: string): string[] {
  return readFileSync(place.file(`${out}/tiny/logs/agent.log`), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"runs a study"'))
    .map((line) => (JSON.parse(line) as { study: string }).study.replace(/^tiny-/, ''));
}

async function expectDone(running: RunningQloom): Promise<string> {
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('qloom compare', () => {
  it('resumes after kill -9, repeats no study that has ended, and has the results of an undisturbed run', async () => {
    await expectDone(place.start(['compare', 'tiny.yaml', '--out', 'undisturbed']));
    const args = ['compare', 'tiny.yaml', '--out', 'killed'];
    for (const moment of [/annni-n24 {2}evaluating/, /two-curves-n\d+ {2}evaluating/]) {
      const running = place.start(args);
      await running.said(moment);
      running.kill('SIGKILL');
      await running.ended;
      await untilGone(servicePids(place.file('killed/tiny')));
    }
    const open = CELLS.filter((cell) => readRecord(place.file(`killed/tiny/cells/tiny-${cell}`)).state === 'running');
    const before = studiesOf('killed').length;
    const stdout = await expectDone(place.start(args));
    for (const cell of CELLS) expect(stdout).toContain(cell);
    expect(open).toEqual(expect.arrayContaining(studiesOf('killed').slice(before)));
    expect(resultsOf('killed')).toEqual(resultsOf('undisturbed'));
    expect(readLines(place.file('killed/tiny/spans.jsonl'))).not.toEqual([]);
  }, 600_000);
});

describeWithNats('qloom compare on two machines', () => {
  it('runs each study on one of them, goes on when one is killed, and both have all results', async () => {
    const nats = await startNatsServer();
    try {
      const env = { QLOOM_AGENT_STUDIES: '1', QLOOM_AGENT_LEASE_MS: '2000' };
      const start = (out: string) => place.start(['compare', 'tiny.yaml', '--out', out, '--log', nats.url], env);
      const [one, two] = [start('one'), start('two')];
      // One after the other ends on either machine, and the other shows it too.
      const ends = CELLS.slice(0, 2).map((cell) => new RegExp(`${cell} finished`));
      await Promise.all([one, two].flatMap((running) => ends.map((end) => running.said(end))));
      const shared = [studiesOf('one'), studiesOf('two')];
      expect(shared.map(({ length }) => length > 0)).toEqual([true, true]);
      expect(new Set(shared.flat()).size).toBe(shared.flat().length);
      two.kill('SIGKILL');
      await two.ended;
      await untilGone(servicePids(place.file('two/tiny')));
      await expectDone(one);
      // Nothing is left to run: the other machine collects what it missed.
      await expectDone(start('two'));
      expect(Object.keys(resultsOf('one'))).toHaveLength(CELLS.length);
      expect(resultsOf('two')).toEqual(resultsOf('one'));
    } finally {
      await nats.stop();
    }
  }, 600_000);
});
