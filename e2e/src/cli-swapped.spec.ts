import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { describeWithNats, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createWorkplace, type Workplace } from './cli-qloom.ts';
import { outcomeOf, readRecord, rewardedEpisodes, servicePids } from './cli-run-folder.ts';
import { TINY_STUDY, TINY_STUDY_OF_ANY_GENERATOR } from './cli-tiny-study.ts';
import { serveStandIn } from './stand-in-generator.ts';

/** Paths below `folder` of the files that hold `text`. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

describe('qloom run with a part swapped', () => {
  let place: Workplace;

  beforeEach(async () => {
    place = await createWorkplace();
  });

  afterEach(async () => {
    await place.remove();
  });

  describeWithNats('the log in NATS', () => {
    it('gives the same results as the embedded log, and its model can be sampled', async () => {
      const nats = await startNatsServer({ arguments: ['--user', 'ada', '--pass', 'kept-by-nobody'] });
      const withPassword = nats.url.replace('//', '//ada:kept-by-nobody@');
      try {
        place.write('tiny.yaml', TINY_STUDY);
        const onNats = await place.qloom('run', 'tiny.yaml', '--out', 'nats', '--log', withPassword);
        expect({ code: onNats.code, stderr: onNats.code === 0 ? '' : onNats.stderr }).toEqual({ code: 0, stderr: '' });
        expect(onNats.stdout + onNats.stderr).not.toContain('kept-by-nobody');
        expect(filesWith(place.file('nats'), 'kept-by-nobody')).toEqual([]);
        expect(readRecord(place.file('nats/tiny'))).toMatchObject({ log: nats.url });
        expect(await place.qloom('run', 'tiny.yaml', '--out', 'sqlite')).toMatchObject({ code: 0 });
        expect(outcomeOf(place.file('nats/tiny'))).toEqual(outcomeOf(place.file('sqlite/tiny')));
        const [fromNats, fromSqlite] = [
          await place.start(['sample', 'nats/tiny', '--count', '5'], {
            QLOOM_NATS_USER: 'ada',
            QLOOM_NATS_PASSWORD: 'kept-by-nobody',
          }).ended,
          await place.qloom('sample', 'sqlite/tiny', '--count', '5'),
        ];
        expect(fromNats).toMatchObject({ code: 0, stdout: fromSqlite.stdout });
        expect(fromNats.stdout.trimEnd().split('\n')).toHaveLength(6);
      } finally {
        await nats.stop();
      }
    }, 180_000);
  });

  it('finishes with a third-party generator in QLOOM_GENERATOR_TARGET', async () => {
    const target = `unix:${place.file('theirs.sock')}`;
    const stop = await serveStandIn(target);
    try {
      place.write('named.yaml', `${TINY_STUDY_OF_ANY_GENERATOR.replace('draws: 2', 'draws: 2, rivals: [moments]')}`);
      const named = await place.start(['run', 'named.yaml'], { QLOOM_GENERATOR_TARGET: target }).ended;
      expect([named.code, named.stderr]).toEqual([
        2,
        expect.stringMatching(/named\.yaml:\d+: evaluation\.rivals: the generator has no hyperparameter "method"/),
      ]);
      // The stand-in advertises no hyperparameters, not even the number of points to add, nor a method that could be a baseline.
      place.write('tiny.yaml', TINY_STUDY_OF_ANY_GENERATOR);
      const { code, stderr } = await place.start(['run', 'tiny.yaml', '--out', 'runs'], {
        QLOOM_GENERATOR_TARGET: target,
      }).ended;
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const folder = place.file('runs/tiny');
      const { arms, verdict } = StudyResult.fromJSON(readRecord(folder).result);
      const names = arms.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['real-only', 'qloom', 'oracle']));
      expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/noise|gaussian/)]));
      expect(verdict).not.toMatch(/baseline/);
      expect(rewardedEpisodes(folder)).toEqual([0, 1, 2, 3]);
      expect(readRecord(folder).state).toBe('finished');
      // Our own generator still runs its stage worker, which calls the stand-in.
      expect(servicePids(folder)).toHaveLength(4);
    } finally {
      stop();
    }
  }, 120_000);
});
