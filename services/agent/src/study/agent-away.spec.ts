import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { comparable } from '../testing/comparable.ts';
import { createWorld, type StandIns, smallStudy, startStandIns, type World } from '../testing/world.ts';
import { applyEvent, emptyView, proposedEpisodes } from './replay/study-view.ts';

const ID = 'small';
/** Slots that the agent writes: it may be killed after each of them. */
const AGENTS = /^(prepare|propose|reward|policy-\d+)$/;

let standIns: StandIns;

beforeAll(async () => {
  standIns = await startStandIns();
});
afterAll(() => standIns.stop());

/** Resolves when no service has work: each proposed episode has failed, or has been assessed and evaluated. */
async function othersDone(log: EpisodeLog): Promise<void> {
  const isInHand = (events: readonly LogEvent[]) =>
    proposedEpisodes(events.reduce(applyEvent, emptyView(ID))).some(
      ({ slots: { fit, assess, evaluate, reward } }) =>
        reward === undefined && fit?.event.failure === undefined && (assess === undefined || evaluate === undefined),
    );
  const standing = await log.replay(ID);
  if (!isInHand(standing)) return;
  const done = new AbortController();
  const seen = [...standing];
  for await (const event of log.watch(ID, { after: standing.at(-1)?.sequence, signal: done.signal })) {
    seen.push(event);
    if (!isInHand(seen)) return;
  }
}

/** The slots of a search: all except those after the last reward. */
function searchOf(events: readonly LogEvent[]): Record<string, unknown> {
  return comparable(events.filter(({ key }) => !/^(unit-|finish)/.test(key.slot)));
}

/**
 * Waits until the policy has been updated with the last batch, or the study has ended; returns the events of the
 * search.
 */
async function searched({ episodeLog }: World, batches: number): Promise<LogEvent[]> {
  const enough = new AbortController();
  for await (const { key } of episodeLog.watch(ID, { signal: enough.signal })) {
    if (key.slot === `policy-${batches}` || key.slot === 'finish') break;
  }
  return episodeLog.replay(ID);
}

/**
 * Searches once, then again from each event of the agent; the agent starts when the other services have finished their
 * work.
 */
async function expectSameFromEveryCut(
  shape: { staleness: number; inFlight: number; batchSize: number },
  logUrl: (name: string) => string | undefined,
): Promise<void> {
  const settings = smallStudy({ ...shape, episodes: 6 });
  const batches = Math.ceil(settings.episodes / shape.batchSize);
  const first = await createWorld(standIns);
  first.start();
  await first.agent.createStudy({ id: ID, settings });
  const events = await searched(first, batches);
  const whole = searchOf(events);
  const cuts = events.flatMap(({ key }, i) => (AGENTS.test(key.slot) ? [i + 1] : []));
  const cutAt = async (kept: number): Promise<void> => {
    const world: World = await createWorld(standIns, { artifacts: first.artifacts, log: logUrl(`cut-${kept}`) });
    try {
      for (const { key, payload, headers } of events.slice(0, kept))
        await world.episodeLog.append(key, payload, headers);
      world.startStages();
      await othersDone(world.episodeLog);
      world.startAgent();
      const cut = formatKey(events[kept - 1].key);
      expect({ cut, search: searchOf(await searched(world, batches)) }).toEqual({ cut, search: whole });
      expect(world.logged.filter(({ message }) => String(message).startsWith('a step'))).toEqual([]);
    } finally {
      await world.stop();
    }
  };
  // A few at a time, because each world mostly waits.
  for (let from = 0; from < cuts.length; from += 5) await Promise.all(cuts.slice(from, from + 5).map(cutAt));
  await first.stop();
}

const SHAPES = [
  { staleness: 1, inFlight: 4, batchSize: 2 },
  { staleness: 0, inFlight: 3, batchSize: 2 },
  { staleness: 1, inFlight: 3, batchSize: 1 },
];

describe('an agent that restarts when the other services have finished their work', () => {
  it.each(SHAPES)(
    'has the same result from every event that it wrote: staleness $staleness, $inFlight in flight, batches of $batchSize',
    (shape) => expectSameFromEveryCut(shape, () => undefined),
    300_000,
  );
});

describeWithNats('the same on NATS', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNatsServer();
  });
  afterAll(() => nats.stop());

  it.each(SHAPES.slice(0, 1))(
    'has the same result from every event that it wrote: staleness $staleness, $inFlight in flight, batches of $batchSize',
    (shape) => expectSameFromEveryCut(shape, (name) => `${nats.url}?namespace=${name}`),
    300_000,
  );
});
