import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createWorld, smallStudy, startStandIns } from '../testing/world.ts';

const EPISODES = 6;
const FOLDS = 2;

/** Resolves in groups of `size`: each caller waits until the group is full. */
function groupsOf(size: number): () => Promise<void> {
  let group = { joined: 0, full: Promise.withResolvers<void>() };
  return () => {
    const { full } = group;
    if (++group.joined === size) {
      full.resolve();
      group = { joined: 0, full: Promise.withResolvers<void>() };
    }
    return full.promise;
  };
}

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder();
});
afterAll(() => folder.remove());

function describeReplicas(log: () => string): void {
  it('work on one study at the same time where there are two of each service', async () => {
    // A fit ends only when one of another episode runs as well, and an evaluation when those of two episodes do: a study whose
    // episodes ran one after another would never end.
    const met = new Map<number, Promise<void>>();
    const together = groupsOf(2);
    const evaluated = groupsOf(2 * FOLDS);
    let evaluations: number | undefined;
    const standIns = await startStandIns({
      onFit({ identity }) {
        const episode = identity?.episode ?? 0;
        if (evaluations === undefined || evaluations >= EPISODES * FOLDS) return;
        if (!met.has(episode)) met.set(episode, together());
        return met.get(episode);
      },
      onEvaluate() {
        if (evaluations === undefined || evaluations >= EPISODES * FOLDS) return;
        evaluations++;
        return evaluated();
      },
    });
    const first = await createWorld(standIns, { log: log() });
    const second = await createWorld(standIns, { log: log(), artifacts: first.artifacts });
    const settings = smallStudy({ episodes: EPISODES, sobolEpisodes: 0, folds: FOLDS, policy: 'fixed' });
    await first.agent.createStudy({ id: 'shared', settings });
    evaluations = 0;
    second.startStages();
    first.start();
    const { rewarded, failed } = await first.finished('shared');
    expect([rewarded, failed, met.size]).toEqual([EPISODES, 0, EPISODES]);
    await second.stop();
    await first.stop();
    await standIns.stop();
  }, 300_000);
}

describe('replicas on SQLite', () => {
  describeReplicas(() => `sqlite://${folder.file('log.db')}`);
});

describeWithNats('replicas on NATS', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNatsServer();
  });
  afterAll(() => nats.stop());
  describeReplicas(() => nats.url);
});
