import { EvaluationSettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { openArtifactStore } from '@qloom/episode-log/open-log.ts';
import type { Delivery, EpisodeLog } from '@qloom/episode-log/port.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog } from '@qloom/testing/test-server.ts';
import { comparable } from '../testing/comparable.ts';
import { openPolicies } from '../testing/open-policies.ts';
import { createWorld, type StandIns, smallStudy, startStandIns, type World } from '../testing/world.ts';
import { createClassicalThreads } from '../workers/classical-threads.ts';
import { createHeldStudies } from './held-studies.ts';
import { systemClock } from './retry/clock.ts';
import { localPolicy } from './search/policy-port.ts';

const IDS = ['a', 'b', 'c', 'd'];
/** A study that two agents can share a log of without long waits. */
const tiny = smallStudy({
  episodes: 2,
  evaluation: EvaluationSettings.fromPartial({ draws: 2, rivals: ['noise'], rivalEvaluations: 1 }),
});

let standIns: StandIns;
let folder: TempFolder;
let worlds: World[];

beforeAll(async () => {
  standIns = await startStandIns();
});
afterAll(() => standIns.stop());
beforeEach(async () => {
  folder = await createTempFolder();
  worlds = [];
});
afterEach(async () => {
  await Promise.all(worlds.map((world) => world.stop()));
  await folder.remove();
});

async function addAgent(log: string, studyConcurrency: number): Promise<World> {
  const artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
  const world = await createWorld(standIns, { log, artifacts, studyConcurrency });
  worlds.push(world);
  return world;
}

/** Ids of the studies that an agent has taken, in order. */
const takenBy = ({ logged }: World): unknown[] =>
  logged.filter(({ message }) => message === 'runs a study').map(({ study }) => study);

function describeSharing(urlOf: (name: string) => string): void {
  it('runs each study on one of two agents, and either agent shows and watches all of them', async () => {
    const [one, two] = [await addAgent(urlOf('sharing'), 1), await addAgent(urlOf('sharing'), 1)];
    for (const id of IDS) await one.agent.createStudy({ id, settings: tiny });
    one.start();
    two.start();
    for (const world of [one, two]) {
      for (const id of IDS) expect((await world.finished(id)).state).toBe(StudyState.FINISHED);
    }
    const taken = [takenBy(one), takenBy(two)];
    expect(taken.flat().sort()).toEqual(IDS);
    expect(taken.map(({ length }) => length > 0)).toEqual([true, true]);
    expect((await two.agent.listStudies({})).studies.map(({ id }) => id)).toEqual(IDS);
  });

  it('takes studies in the order of their creation, as many at once as it may', async () => {
    const world = await addAgent(urlOf('order'), 1);
    for (const id of IDS.slice(0, 3)) await world.agent.createStudy({ id, settings: tiny });
    world.start();
    const ends: number[] = [];
    const begins: number[] = [];
    for (const id of IDS.slice(0, 3)) {
      await world.finished(id);
      begins.push((await world.episodeLog.read({ study: id, slot: 'prepare' }))!.sequence);
      ends.push((await world.episodeLog.read({ study: id, slot: 'finish' }))!.sequence);
    }
    expect(takenBy(world)).toEqual(IDS.slice(0, 3));
    expect([begins[1] > ends[0], begins[2] > ends[1]]).toEqual([true, true]);
  });

  it('hands a study over at once when its agent is stopped, and the other ends it with the same numbers', async () => {
    const alone = await addAgent(urlOf('alone'), 1);
    alone.start();
    await alone.agent.createStudy({ id: 'a', settings: tiny });
    await alone.finished('a');
    const undisturbed = comparable(await alone.episodeLog.replay('a'));

    const first = await addAgent(urlOf('handover'), 1);
    first.start();
    await first.agent.createStudy({ id: 'a', settings: tiny });
    for await (const { event } of first.agent.watchStudy({ id: 'a' })) if (event !== undefined) break;
    const second = await addAgent(urlOf('handover'), 1);
    await first.stop();
    worlds.splice(worlds.indexOf(first), 1);
    second.start();
    expect((await second.finished('a')).state).toBe(StudyState.FINISHED);
    expect(second.logged.filter(({ message }) => message === 'runs a study')).toMatchObject([{ attempt: 2 }]);
    expect(comparable(await second.episodeLog.replay('a'))).toEqual(undisturbed);
  });
}

describe('agents of one log', () => {
  describeSharing((name) => `sqlite://${folder.file(`${name}.db`)}`);
});

describeWithNats('agents of one NATS log', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNatsServer();
  });
  afterAll(() => nats.stop());
  describeSharing((name) => `${nats.url}?namespace=${name}`);
});

describe('a study that is delivered twice to one agent', () => {
  it('runs once, until both leases are lost', async () => {
    const world = await addAgent(`sqlite://${folder.file('log.db')}`, 1);
    await world.agent.createStudy({ id: 'a', settings: tiny });
    const { policyNamed } = await openPolicies();
    const { log, lines } = createMemoryLog();
    let deliver: ((delivery: Delivery) => Promise<void>) | undefined;
    const episodeLog: EpisodeLog = {
      ...world.episodeLog,
      consume: async (_options, handler) => {
        deliver = handler;
      },
    };
    const held = createHeldStudies({
      ...{
        episodeLog,
        artifacts: world.artifacts,
        peers: world.peers,
        classical: createClassicalThreads(),
        clock: systemClock,
        log,
      },
      openPolicy: (name) => localPolicy(policyNamed, name),
      ...{ jobConcurrency: 1, studyConcurrency: 1, leaseMs: 1_000 },
    });
    held.start('');
    const event = (await world.episodeLog.read({ study: 'a', slot: 'create' }))!;
    const leases = [new AbortController(), new AbortController()];
    const handled = leases.map(({ signal }, i) =>
      deliver!({ event, attempt: i + 1, signal } as unknown as Delivery).then(() => 'handled'),
    );
    // Without stages of the other services the study waits after its proposals.
    for await (const { key } of world.episodeLog.watch('a', { signal: new AbortController().signal })) {
      if (key.slot === 'propose') break;
    }
    leases[0].abort();
    // Time for a runner to stop, if it did.
    for (let i = 0; i < 20; i++) await world.episodeLog.replay('a');
    const messages = () => lines.map(({ message }) => message);
    expect(messages()).toEqual(['runs a study']);
    leases[1].abort();
    expect(await Promise.all(handled)).toEqual(['handled', 'handled']);
    expect(messages()).toEqual(['runs a study', 'the lease of a study is lost; it stops here']);
  });
});
