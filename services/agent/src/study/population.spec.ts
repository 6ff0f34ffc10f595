import { StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { comparable } from '../testing/comparable.ts';
import { rememberedAnswers } from '../testing/remembered-answers.ts';
import { createWorld, type StandIns, smallStudy, startStandIns, type World } from '../testing/world.ts';
import { createClassicalThreads } from '../workers/classical-threads.ts';
import { episodeRecipe } from './replay/episode-recipe.ts';
import {
  applyEvent,
  emptyView,
  factsOf,
  proposedEpisodes,
  rewardedEpisodes,
  type StudyView,
} from './replay/study-view.ts';

const ID = 'population';
const settings = smallStudy({
  policy: 'pbt',
  episodes: 12,
  batchSize: 3,
  inFlight: 3,
  // Above 1.8e-3 the stand-in diverges: some members fail.
  space: [{ name: 'gan.lrG', minimum: 1e-4, choices: [], ifOffered: false }],
  evaluation: { draws: 2, rivals: ['noise'], rivalEvaluations: 1, portfolio: false, choice: '' },
});
const threads = createClassicalThreads();
const classical = rememberedAnswers(threads);
const continued: { readonly settings: FitSettings; readonly fits: number }[] = [];
let standIns: StandIns;
let world: World;
let events: readonly LogEvent[];
let view: StudyView;

async function finished(at: World): Promise<readonly LogEvent[]> {
  const study = await at.finished(ID);
  if (study.state !== StudyState.FINISHED) throw new Error(`${study.message}\n${JSON.stringify(at.logged)}`);
  return at.episodeLog.replay(ID);
}

beforeAll(async () => {
  const methods = ['gan', 'noise', 'gaussian'].map((name) => {
    return { name, description: '', baseline: name !== 'gan', needs: [], continues: name === 'gan' };
  });
  standIns = await startStandIns(
    { onContinue: (given, fits) => void continued.push({ settings: given, fits }) },
    methods,
  );
  world = await createWorld(standIns, { classical });
  world.start();
  await world.agent.createStudy({ id: ID, settings });
  events = await finished(world);
  view = events.reduce(applyEvent, emptyView(ID));
});

afterAll(async () => {
  await world.stop();
  await standIns.stop();
  await threads.close();
});

describe('a study with population-based training', () => {
  it('names the episode that a fit continues from, with its models fold by fold', () => {
    const continuing = proposedEpisodes(view).filter(({ propose }) => propose.continueFrom !== undefined);
    // Six members: staleness 1 and batches of three.
    expect(continuing.map(({ episode }) => episode)).toEqual([6, 7, 8, 9, 10, 11]);
    for (const { episode, propose } of continuing) {
      const models = factsOf(view.episodes.get(propose.continueFrom as number)?.fit, 'fit')?.folds ?? [];
      expect(propose.folds.map(({ initialModel }) => initialModel)).toEqual(models.map(({ model }) => model));
      const asked = continued.filter(({ settings: { identity } }) => identity?.episode === episode);
      const { earlier } = episodeRecipe(view, episode);
      expect(asked.map(({ fits }) => fits)).toEqual([earlier.length, earlier.length]);
      expect(earlier.at(-1)?.episode).toBe(propose.continueFrom);
    }
  });

  it('trains candidates again by the configurations of all their fits', async () => {
    const [best] = rewardedEpisodes(view)
      .sort((a, b) => b.reward - a.reward)
      .map(({ episode }) => episodeRecipe(view, episode));
    expect(best.earlier.length).toBeGreaterThan(0);
    const fits = continued.filter(({ settings: { identity } }) => identity?.episode === undefined);
    expect(Math.max(...fits.map((fit) => fit.fits))).toBeGreaterThanOrEqual(best.earlier.length);
    const { study } = await world.agent.getStudy({ id: ID });
    const result = StudyResult.fromJSON(
      JSON.parse(new TextDecoder().decode(await world.artifacts.get(study?.result?.sha256 ?? ''))),
    );
    const chosen = result.incumbents.find((incumbent) => incumbent.chosen);
    const expected = chosen?.episode === undefined ? [] : episodeRecipe(view, chosen.episode).earlier;
    expect(result.synthetic?.earlierEpisodes).toEqual(expected.map(({ episode }) => episode));
    expect(result.episodes.map(({ continueFrom }) => continueFrom)).toEqual(
      proposedEpisodes(view).map(({ propose }) => propose.continueFrom),
    );
  });

  it('is the same with one in flight and four workers, and when it continues after any of its events', async () => {
    const other = await createWorld(standIns, { classical, concurrency: 4 });
    other.start();
    await other.agent.createStudy({ id: ID, settings: { ...settings, inFlight: 1 } });
    const withoutSettings = ({ [`${ID}/create`]: _, ...rest }: Record<string, unknown>) => rest;
    expect(withoutSettings(comparable(await finished(other)))).toEqual(withoutSettings(comparable(events)));
    await other.stop();
    const cuts = ['policy-1', '7/propose', 'unit-outer-default-1'].map((name) =>
      events.findIndex(({ key }) => formatKey(key) === `${ID}/${name}`),
    );
    for (const kept of cuts) {
      expect(kept).toBeGreaterThan(0);
      const next = await createWorld(standIns, { artifacts: world.artifacts, classical });
      for (const { key, payload, headers } of events.slice(0, kept + 1))
        await next.episodeLog.append(key, payload, headers);
      next.start();
      expect(comparable(await finished(next))).toEqual(comparable(events));
      await next.stop();
    }
  });
});

describe('CreateStudy', () => {
  it('refuses population-based training where no fit continues, and says what would be right', async () => {
    const without = await startStandIns();
    const at = await createWorld(without, { classical });
    await expect(at.agent.createStudy({ id: ID, settings })).rejects.toThrow(
      'settings.policy: "pbt" needs methods whose fits continue from models; right would be a generator that offers them, or another policy',
    );
    const space = [...settings.space, { name: 'method', choices: ['gan', 'noise'], ifOffered: false }];
    await expect(world.agent.createStudy({ id: 'other', settings: { ...settings, space } })).rejects.toThrow(
      'right would be gan in space.method, or another policy',
    );
    await at.stop();
    await without.stop();
  });
});
