import { type ServiceName, STUDY_SERVICE_NAMES } from '@qloom/study-rpc/services.ts';
import { createWorkplace, type RunningQloom, type Workplace } from './cli-qloom.ts';
import { isAlive, outcomeOf, rewardedEpisodes, servicePids, untilGone } from './cli-run-folder.ts';
import { TINY_STUDY } from './cli-tiny-study.ts';

/** Lines of progress at which a run is killed: before the first episode, in the search, in the evaluation. */
const MOMENTS = [
  { line: /searching {2}0\/4/, resumed: 'at once' },
  { line: /searching {2}2\/4/, resumed: 'when all is gone' },
  { line: /searching {2}3\/4/, resumed: 'at once' },
  { line: /evaluating {2}(?!0\/)/, resumed: 'at once' },
] as const;

/** Services in the order in which they are killed: what a study needs first, first. */
const KILLED: readonly ServiceName[] = ['discriminator', 'generator', 'qnn-sim', 'agent'];

describe('qloom run, disturbed', () => {
  const run = ['run', 'tiny.yaml', '--out', 'runs'];
  let place: Workplace;
  let undisturbed: unknown;

  const folder = () => place.file('runs/tiny');

  async function started(): Promise<RunningQloom> {
    place = await createWorkplace();
    place.write('tiny.yaml', TINY_STUDY);
    return place.start(run);
  }

  /** The run has ended like an undisturbed one, and none of its processes still runs. */
  async function expectUndisturbed(running: RunningQloom): Promise<void> {
    const { code, stderr } = await running.ended;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(rewardedEpisodes(folder())).toEqual([0, 1, 2, 3]);
    expect(outcomeOf(folder())).toEqual(undisturbed);
    await untilGone(servicePids(folder()));
  }

  beforeAll(async () => {
    const running = await started();
    expect(await running.ended).toMatchObject({ code: 0 });
    undisturbed = outcomeOf(folder());
    await place.remove();
  }, 300_000);

  afterEach(async () => {
    await place.remove();
  });

  it('kill -9 of the whole run, again and again: no service outlives it, and the run continues from there', async () => {
    let running = await started();
    let known = 0;
    for (const { line, resumed } of MOMENTS) {
      await running.said(line);
      running.kill('SIGKILL');
      expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
      const orphans = servicePids(folder()).slice(known);
      expect(orphans).toHaveLength(STUDY_SERVICE_NAMES.length);
      known += orphans.length;
      if (resumed === 'when all is gone') await untilGone(orphans);
      running = place.start(run);
    }
    await expectUndisturbed(running);
  }, 300_000);

  it('Ctrl-C: code 130, no process left, and the command that it names continues', async () => {
    const running = await started();
    await running.said(/searching {2}1\/4/);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('stopped; nothing is lost. Resume with: qloom run tiny.yaml --out runs\n');
    expect(servicePids(folder()).filter(isAlive)).toEqual([]);
    expect(place.leftovers()).toEqual([]);
    const [, command] = /Resume with: qloom (.*)/.exec(stderr) ?? [];
    await expectUndisturbed(place.start(command.split(' ')));
    expect(place.leftovers()).toEqual([]);
  }, 300_000);

  it('Ctrl-C while the services start: the same', async () => {
    const running = await started();
    await running.said(/Starting the four services/);
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
    expect(servicePids(folder()).filter(isAlive)).toEqual([]);
    expect(place.leftovers()).toEqual([]);
  }, 300_000);

  it('kill -9 of each service in turn: it is started again, with a message, and the study ends as undisturbed', async () => {
    expect([...KILLED].sort()).toEqual([...STUDY_SERVICE_NAMES].sort());
    const running = await started();
    await running.said(/searching {2}1\/4/);
    for (const service of KILLED) {
      const [first] = servicePids(folder(), service);
      process.kill(first, 'SIGKILL');
      await running.said(new RegExp(`^${service} ended \\(signal SIGKILL\\); starting it again in`));
      const again = await running.said(new RegExp(`^${service} serves again \\(process \\d+\\)`));
      const [before, after] = servicePids(folder(), service);
      expect(before).toBe(first);
      expect(again).toContain(`(process ${after})`);
    }
    await expectUndisturbed(running);
    expect(place.leftovers()).toEqual([]);
  }, 300_000);
});
