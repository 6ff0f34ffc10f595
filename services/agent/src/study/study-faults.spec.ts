import { renameSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { type Study, type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { FailureReason, QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { FitSettings } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { EvaluateSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { decodeSlot, encodeSlot, failureOf } from '@qloom/service-kit/stage/slot-events.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { createSignalBoard } from '@qloom/testing/signal-board.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { comparable, withoutTimes } from '../testing/comparable.ts';
import { openPolicies } from '../testing/open-policies.ts';
import { standInGenerator } from '../testing/stand-in-services.ts';
import {
  createWorld,
  type StandIns,
  smallStudy,
  startStandIns,
  type World,
  type WorldOptions,
} from '../testing/world.ts';
import { decodeRecord } from './replay/study-record.ts';
import { applyEvent, emptyView } from './replay/study-view.ts';
import { type Clock, systemClock } from './retry/clock.ts';
import { localPolicy, type OpenPolicy } from './search/policy-port.ts';

const ID = 'small';
/** Number of faults of one step, more than twice the tries that any limit ever allowed. */
const MANY = 6;

/** Called by the stand-ins before they answer; tests replace it. */
const hooks: { onFit?: (settings: FitSettings) => void; onEvaluate?: (settings: EvaluateSettings) => void } = {};
let standIns: StandIns;
let folder: TempFolder;
let world: World;

beforeAll(async () => {
  standIns = await startStandIns({
    onFit: (settings) => hooks.onFit?.(settings),
    onEvaluate: (settings) => hooks.onEvaluate?.(settings),
  });
});
afterAll(() => standIns.stop());
beforeEach(async () => {
  folder = await createTempFolder();
  waits = [];
});
afterEach(async () => {
  delete hooks.onFit;
  delete hooks.onEvaluate;
  await world.stop();
  await folder.remove();
});

const tiny = (overrides: Partial<StudySettings> = {}): StudySettings =>
  smallStudy({
    episodes: 3,
    evaluation: { draws: 3, rivals: ['noise'], rivalEvaluations: 2, portfolio: false, choice: '' },
    ...overrides,
  });

/** A short wait between two tries. */
const impatient: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) };

async function start(settings: StudySettings, options: WorldOptions = {}): Promise<void> {
  world = await createWorld(standIns, { clock: impatient, ...options });
  world.start();
  await world.agent.createStudy({ id: ID, settings });
}

async function run(settings: StudySettings, options: WorldOptions = {}): Promise<Study> {
  await start(settings, options);
  return world.finished(ID);
}

async function resultOf(study: Study): Promise<StudyResult> {
  const bytes = await world.artifacts.get(study.result?.sha256 ?? '');
  return StudyResult.fromJSON(JSON.parse(new TextDecoder().decode(bytes)));
}

/** The observed texts of `waitingFor`, each once, in order. */
let waits: string[] = [];

/** Whether a fault may end: it occurred many times, and the study was observed to wait. */
const isEnough = (faults: number): boolean => faults >= MANY && waits.length > 0;

/** Watches a study, and the steps that it waits for, until it has ended. */
async function watchedToEnd(): Promise<Study> {
  let last: Study | undefined;
  for await (const { study } of world.agent.watchStudy({ id: ID })) {
    last = study ?? last;
    if (study?.waitingFor !== undefined && waits.at(-1) !== study.waitingFor) waits.push(study.waitingFor);
  }
  return last as Study;
}

const isBaseline = ({ hyperparameters }: FitSettings) =>
  decodeConfiguration(hyperparameters, 'hyperparameters')['method'] === 'noise';
/** Only jobs of the comparison ask for the augmented arm alone. */
const isJob = ({ arms }: EvaluateSettings) => arms.length === 1 && arms[0] === QnnArm.AUGMENTED;

describe('a job of the final evaluation', () => {
  it('that a service refuses ends the study, with the job and the reason', async () => {
    hooks.onEvaluate = (settings) => {
      if (isJob(settings)) throw new DomainError('invalid', 'qnn: 2 observables cannot tell 3 classes');
    };
    const study = await run(tiny());
    expect(study.state).toBe(StudyState.FAILED);
    expect(study.message).toMatch(
      /^the final evaluation cannot be made: (tune|draw)-[a-z0-9-]+: .*qnn: 2 observables cannot tell 3 classes$/,
    );
    expect([study.result, study.waitingFor]).toEqual([undefined, undefined]);
    const finish = decodeRecord((await world.episodeLog.read({ study: ID, slot: 'finish' }))!);
    expect(finish).toMatchObject({ $case: 'finished', value: { failure: { reason: FailureReason.INVALID } } });
  });

  it('of the real-only arm that diverges ends the study: there is nothing to compare with', async () => {
    hooks.onEvaluate = ({ arms, fold, seeds }) => {
      const own = arms.length === 1 && arms[0] === QnnArm.REAL_ONLY && fold === 0 && seeds.length === 2;
      if (own) throw new DomainError('diverged', 'the loss is NaN');
    };
    const study = await run(tiny({ qnnSeeds: 2, sobolEpisodes: 0, policy: 'fixed' }));
    expect([study.state, study.message]).toEqual([
      StudyState.FAILED,
      expect.stringMatching(/^the final evaluation cannot be made: draw-\d-real-only: .*the loss is NaN$/),
    ]);
  });

  it('of a baseline that diverges is left out of its arm, with a warning, and has no score', async () => {
    hooks.onFit = (settings) => {
      if (isBaseline(settings) && settings.identity?.fold === 1) throw new DomainError('diverged', 'the loss is NaN');
    };
    const result = await resultOf(await run(tiny()));
    const noise = result.arms.find(({ name }) => name === 'noise');
    expect(noise?.draws.map(({ draw }) => draw)).toEqual([0, 2]);
    const alone = new Map(result.arms[0].draws.map(({ draw, accuracy }) => [draw, accuracy]));
    const gains = noise!.draws.map(({ draw, accuracy }) => accuracy - alone.get(draw)!);
    expect(noise?.accuracyGain?.difference?.estimate).toBeCloseTo((gains[0] + gains[1]) / 2, 12);
    expect(result.warnings).toContainEqual(
      expect.stringMatching(
        /^Arm noise has no result on 1 of 3 draws \(.*the loss is NaN\): its figures are of the other 2 draws\.$/,
      ),
    );
  });

  it('of a baseline all of whose settings diverge: the arm is left out, and not scored with real data only', async () => {
    hooks.onFit = (settings) => {
      if (isBaseline(settings)) throw new DomainError('diverged', 'the loss is NaN');
    };
    const study = await run(tiny());
    const result = await resultOf(study);
    expect(study.state).toBe(StudyState.FINISHED);
    expect(result.arms.map(({ name }) => name)).not.toContain('noise');
    expect(result.warnings.join()).toContain(
      'Arm noise has no result on 3 of 3 draws (noise: none of its configurations could be fitted): it is left out',
    );
  });

  it('of a baseline that the generator does not offer, in a study that has it: the arm is left out', async () => {
    const before = await createWorld(standIns);
    const settings = tiny({ episodes: 0, sobolEpisodes: undefined, noSearch: true });
    await before.agent.createStudy({ id: ID, settings });
    const [created] = await before.episodeLog.replay(ID);
    const server = await startTestServer(standInGenerator({}, []));
    try {
      const targets = { ...standIns.targets, generator: server.target };
      world = await createWorld({ ...standIns, targets }, { artifacts: before.artifacts });
      await world.episodeLog.append(created.key, created.payload, created.headers);
      world.start();
      const study = await world.finished(ID);
      const result = await resultOf(study);
      expect(result.arms.map(({ name }) => name)).not.toContain('noise');
      expect(result.warnings.join()).toContain(
        'Arm noise has no result on 3 of 3 draws (noise: the generator has no such method): it is left out',
      );
    } finally {
      await before.stop();
      await server.stop();
    }
  });

  it.each([
    ['INTERNAL', new DomainError('internal', 'a bug in the simulator')],
    ['UNIMPLEMENTED', new DomainError('unsupported', 'Evaluate: not here')],
    ['FAILED_PRECONDITION', new DomainError('precondition', 'not now')],
    ['DATA_LOSS', new DomainError('data-loss', 'half of it came')],
  ])(
    'that a service answers with %s is tried again until it succeeds, which the study reports meanwhile',
    async (_name, error) => {
      let faults = 0;
      hooks.onEvaluate = (settings) => {
        if (isJob(settings) && !isEnough(faults++)) throw error;
      };
      await start(tiny());
      const study = await watchedToEnd();
      expect(study.state).toBe(StudyState.FINISHED);
      expect(faults).toBeGreaterThan(MANY);
      expect(waits).toContainEqual(expect.stringMatching(/^(tune|draw)-noise-\d+: /));
      expect(study.waitingFor).toBeUndefined();
    },
  );
});

describe('a store that is temporarily unavailable', () => {
  it('during the comparison of arms does not change the result; the study reports what it waits for', async () => {
    const undisturbed = await run(tiny());
    const whole = comparable(await world.episodeLog.replay(ID));
    const expected = withoutTimes(StudyResult.toJSON(await resultOf(undisturbed)));
    await world.stop();

    const store = await openArtifactStore(`file://${folder.file('artifacts')}`);
    const failures = createSignalBoard<unknown>();
    const get = async (hash: string) => {
      try {
        return await store.get(hash);
      } catch (error) {
        failures.post(error);
        throw error;
      }
    };
    let isAway = false;
    // While the first setting of the baseline is fitted; later folds, and the next setting, have not been read yet.
    hooks.onFit = (settings) => {
      if (isAway || !isBaseline(settings)) return;
      isAway = true;
      renameSync(folder.file('artifacts/sha256'), folder.file('away'));
    };
    await start(tiny(), { artifacts: { ...store, get } });
    // Two jobs run at once, so that one of them has failed more than MANY times.
    await failures.atLeast(2 * MANY + 1);
    const meanwhile = await world.agent.getStudy({ id: ID });
    expect(meanwhile.study?.waitingFor).toMatch(
      /^tune-noise-\d: .*artifact [0-9a-f]{64} in .*\/artifacts: a folder of it is gone/,
    );
    await rename(folder.file('away'), folder.file('artifacts/sha256'));
    const study = await world.finished(ID);
    expect([study.state, study.waitingFor]).toEqual([StudyState.FINISHED, undefined]);
    expect(comparable(await world.episodeLog.replay(ID))).toEqual(whole);
    expect(withoutTimes(StudyResult.toJSON(await resultOf(study)))).toEqual(expected);
  });
});

describe('a fault of the program itself', () => {
  /** A policy whose updates fail with `error` until {@link isEnough}. */
  const faulty = async (error: Error): Promise<OpenPolicy> => {
    const { policyNamed } = await openPolicies();
    let faults = 0;
    return (name) => {
      const policy = localPolicy(policyNamed, name);
      return {
        ...policy,
        async observe(...given) {
          if (!isEnough(faults++)) throw error;
          return policy.observe(...given);
        },
      };
    };
  };

  it.each([
    ['a TypeError', new TypeError("Cannot destructure property 'statistics'")],
    ['what the agent itself calls invalid', new DomainError('invalid', 'state: is of another version')],
    [
      'a file of the program that is not there',
      Object.assign(new Error('no module'), { code: 'ERR_MODULE_NOT_FOUND' }),
    ],
  ])('never ends a study: %s', async (_name, error) => {
    await start(tiny(), { openPolicy: await faulty(error) });
    const study = await watchedToEnd();
    expect(waits).toEqual([`the study: ${error.message}`]);
    expect([study.state, study.failed]).toEqual([StudyState.FINISHED, 0]);
  });

  it('does not end the study: a later program continues from the log', async () => {
    const log = `sqlite://${folder.file('log.db')}`;
    const artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
    const openPolicy: OpenPolicy = () => ({
      propose: () => Promise.reject(new TypeError('a bug')),
      observe: () => Promise.reject(new TypeError('a bug')),
      close() {},
    });
    await start(tiny(), { log, artifacts, openPolicy });
    for await (const { study } of world.agent.watchStudy({ id: ID })) {
      if (study?.waitingFor === 'the study: a bug') break;
    }
    await world.stop();
    world = await createWorld(standIns, { log, artifacts });
    world.start();
    expect((await world.finished(ID)).state).toBe(StudyState.FINISHED);
  });
});

describe('a search without a reward', () => {
  it('ends the study, and reports how its episodes failed', async () => {
    hooks.onFit = () => {
      throw new DomainError('invalid', 'training: has 4 features; right would be 2');
    };
    const space = [{ name: 'synthRatio', minimum: 0.25, choices: [], ifOffered: false }];
    const study = await run(tiny({ space, sobolEpisodes: 0, policy: 'fixed' }));
    expect([study.state, study.rewarded, study.failed, study.result]).toEqual([StudyState.FAILED, 0, 3, undefined]);
    expect(study.message).toMatch(
      /^all 3 episodes failed \(3 invalid\); episode 0: .*training: has 4 features; right would be 2$/,
    );
  });

  it('gives the most common reason first', async () => {
    hooks.onFit = ({ identity }) => {
      throw identity?.episode === 0
        ? new DomainError('invalid', 'training: is odd')
        : new DomainError('diverged', 'the loss is NaN');
    };
    const space = [{ name: 'synthRatio', minimum: 0.25, choices: [], ifOffered: false }];
    const study = await run(tiny({ space, sobolEpisodes: 0, policy: 'fixed' }));
    expect(study.message).toMatch(/^all 3 episodes failed \(2 diverged, 1 invalid\); episode 1: .*the loss is NaN$/);
  });
});

describe('an episode whose report cannot be read', () => {
  it('fails as invalid, and the study continues', async () => {
    await run(tiny());
    const events = await world.episodeLog.replay(ID);
    const { artifacts } = world;
    const log = `sqlite://${folder.file('log.db')}`;
    const given = await openEpisodeLog(log);
    const first = events.findIndex(({ key }) => key.slot === 'evaluate');
    for (const { key, payload, headers } of events.slice(0, first)) await given.append(key, payload, headers);
    const key = events[first].key as EpisodeKey;
    const facts = decodeSlot(events[first]).facts!;
    if (facts.$case !== 'evaluate') throw new Error('no report');
    facts.value.folds[0].runs[0].losses!.data = Buffer.alloc(3);
    const times = { startedAtMs: 1, endedAtMs: 2, attempt: 1 };
    await given.append(key, encodeSlot(key, { ...times, result: { facts } }));
    await given.close();
    const later = await createWorld(standIns, { log, artifacts });
    later.start();
    const study = await later.finished(ID);
    const reward = decodeSlot((await later.episodeLog.read({ ...key, slot: 'reward' as const }))!);
    await later.stop();
    expect([study.state, study.failed, failureOf(reward)?.reason]).toEqual([StudyState.FINISHED, 1, 'invalid']);
  });
});

describe('an episode that was open when the agent stopped', () => {
  it('keeps its whole time: a study that was stopped for longer than the deadline continues', async () => {
    const settings = tiny({ episodeDeadlineSeconds: 3600 });
    await run(settings);
    const events = await world.episodeLog.replay(ID);
    const { artifacts } = world;
    const log = `sqlite://${folder.file('log.db')}`;
    const yesterday = await openEpisodeLog(log, { now: () => Date.now() - 86_400_000 });
    const opened = events.findIndex(({ key }) => key.slot === 'propose') + 1;
    for (const { key, payload, headers } of events.slice(0, opened)) await yesterday.append(key, payload, headers);
    await yesterday.close();
    const later = await createWorld(standIns, { log, artifacts });
    later.start();
    const study = await later.finished(ID);
    const view = (await later.episodeLog.replay(ID)).reduce(applyEvent, emptyView(ID));
    const failures = [...view.episodes.values()].map(({ reward }) => failureOf(decodeSlot(reward!.log)));
    await later.stop();
    expect([study.state, failures]).toEqual([StudyState.FINISHED, [undefined, undefined, undefined]]);
  });
});
