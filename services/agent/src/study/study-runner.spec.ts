import { type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ArmKind, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { DataDescription, Outcome } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { decodeSlot, failureOf } from '@qloom/service-kit/stage/slot-events.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { createPolicyService } from '../rpc/policy-service.ts';
import { comparable, withoutTimes } from '../testing/comparable.ts';
import { openPolicies } from '../testing/open-policies.ts';
import { rememberedAnswers } from '../testing/remembered-answers.ts';
import { createWorld, type StandIns, smallStudy, startStandIns, type World } from '../testing/world.ts';
import { createClassicalThreads } from '../workers/classical-threads.ts';
import { storeDataset } from './data/datasets.ts';
import { decodeRecord } from './replay/study-record.ts';
import { loadCheckpoint } from './search/policy-checkpoint.ts';
import { INITIAL_CHECKPOINT, localPolicy, type OpenPolicy, remotePolicy } from './search/policy-port.ts';

const ID = 'small';
let standIns: StandIns;
let recorded: { world: World; events: LogEvent[]; result: StudyResult };

beforeAll(async () => {
  standIns = await startStandIns();
  const world = await createWorld(standIns);
  world.start();
  await world.agent.createStudy({ id: ID, settings: smallStudy({ inFlight: 2 }) });
  const study = await world.finished(ID);
  if (study.state !== StudyState.FINISHED)
    throw new Error(`${study.message}\n${JSON.stringify(world.logged, null, 1)}`);
  recorded = { world, events: await world.episodeLog.replay(ID), result: await resultOf(world) };
});

afterAll(async () => {
  await recorded?.world.stop();
  await standIns.stop();
});

async function runWhole(settings: StudySettings): Promise<{ world: World; events: LogEvent[] }> {
  const world = await createWorld(standIns);
  world.start();
  await world.agent.createStudy({ id: ID, settings });
  const study = await world.finished(ID);
  if (study.state !== StudyState.FINISHED) throw new Error(`${study.message}\n${JSON.stringify(world.logged)}`);
  return { world, events: await world.episodeLog.replay(ID) };
}

async function resultOf(world: World): Promise<StudyResult> {
  const { study } = await world.agent.getStudy({ id: ID });
  const bytes = await world.artifacts.get(study?.result?.sha256 ?? '');
  return StudyResult.fromJSON(JSON.parse(new TextDecoder().decode(bytes)));
}

describe('a study', () => {
  it('writes every slot of every episode, then its jobs, then its result', () => {
    const keys = recorded.events.map((event) => formatKey(event.key));
    expect(keys[0]).toBe('small/create');
    expect(keys[1]).toBe('small/prepare');
    expect(keys.filter((key) => key.startsWith('small/policy-'))).toEqual([1, 2, 3].map((n) => `small/policy-${n}`));
    expect(keys.at(-1)).toBe('small/finish');
    for (let episode = 0; episode < 6; episode++) expect(keys).toContain(`small/${episode}/reward`);
    for (const { draw, adds } of recorded.result.choices) {
      const jobs = `small/unit-draw-${draw}-`;
      // What is trained on a replicate follows from its decision.
      const qloom = adds ? 'qloom' : 'qloom-unselected';
      const arms = ['real-only', 'noise', qloom, 'oracle', 'svc', 'nearest-neighbours', 'lda', 'mlp', 'teacher'];
      expect(keys.filter((key) => key.startsWith(jobs)).sort()).toEqual(arms.map((arm) => `${jobs}${arm}`).sort());
    }
    expect(recorded.result.choices.map(({ draw }) => draw)).toEqual([0, 1]);
  });

  it('gives the same events over a log that shows an event before the append that wrote it returns', async () => {
    const world = await createWorld(standIns, { appendsAnswerAfterMs: 25 });
    try {
      world.start();
      await world.agent.createStudy({ id: ID, settings: smallStudy({ inFlight: 2 }) });
      expect((await world.finished(ID)).state).toBe(StudyState.FINISHED);
      const events = await world.episodeLog.replay(ID);
      expect(comparable(events)).toEqual(comparable(recorded.events));
    } finally {
      await world.stop();
    }
  });

  it('never has more in flight than the study allows', () => {
    let open = 0;
    for (const { key } of recorded.events) {
      if (key.slot === 'propose') open++;
      if (key.slot === 'reward') open--;
      expect(open).toBeLessThanOrEqual(2);
    }
  });

  it('has a result with everything that a report needs', () => {
    const { result } = recorded;
    expect(result.arms[0].name).toBe('real-only');
    expect(result.labelsUsed).toBe(16);
    expect(result.testCount).toBe(40);
    expect(result.episodes).toHaveLength(6);
    expect(result.verdict).not.toBe('');
    expect(result.gradientSteps).toBeGreaterThan(0);
    for (const arm of result.arms) {
      expect(arm.draws).toHaveLength(2);
      if (arm.name !== 'real-only')
        expect(arm.accuracyGain?.pValueHolm).toBeGreaterThanOrEqual(arm.accuracyGain?.pValue ?? 1);
      const shares = [...decodeTensor(arm.rightShares, { dtype: 'float32', shape: [40], field: 'right_shares' })];
      // Shares are float32, u = 6e-8.
      expect(shares.reduce((sum, share) => sum + share / 40, 0)).toBeCloseTo(arm.accuracy?.estimate ?? 0, 6);
      const isQnn = arm.kind !== ArmKind.CLASSICAL;
      expect(arm.curves.filter(({ name }) => name === 'qnn')).toEqual(
        isQnn ? [{ name: 'qnn', progress: [0.5, 1], values: [0.5, 0.25] }] : [],
      );
    }
    expect(result.incumbents.filter((incumbent) => incumbent.chosen)).toHaveLength(1);
    expect(result.synthetic?.rows).toBeGreaterThan(0);
    expect(result.training).toEqual(result.synthetic?.training);
  });

  it('gives the same study with four workers as with one', async () => {
    const world = await createWorld(standIns, { concurrency: 4 });
    world.start();
    await world.agent.createStudy({ id: ID, settings: smallStudy({ inFlight: 2 }) });
    await world.finished(ID);
    expect(comparable(await world.episodeLog.replay(ID))).toEqual(comparable(recorded.events));
    expect(withoutTimes(StudyResult.toJSON(await resultOf(world)))).toEqual(
      withoutTimes(StudyResult.toJSON(recorded.result)),
    );
    await world.stop();
  });

  it('rewards measured episodes and fails the others with the reason of the slot that failed, then ends', async () => {
    // Above 1.8e-3 the stand-in diverges.
    const space = [{ name: 'gan.lrG', minimum: 1.7e-3, choices: [], ifOffered: false }];
    const { world, events } = await runWhole(smallStudy({ space, sobolEpisodes: 6 }));
    const { study } = await world.agent.getStudy({ id: ID });
    expect([study?.rewarded, study?.failed].every((count) => (count ?? 0) > 0)).toBe(true);
    const rewards = events.filter((event) => event.key.slot === 'reward').map((event) => decodeSlot(event));
    for (const reward of rewards) {
      expect(failureOf(reward)?.reason).toBe(reward.outcome === Outcome.OK ? undefined : 'diverged');
    }
    await world.stop();
  });

  it('runs on a data set of the user: repeated splits, no oracle, and a warning that says so', async () => {
    const world = await createWorld(standIns);
    const random = createRandom('rings');
    const y = Int32Array.from({ length: 40 }, (_, i) => i % 2);
    const x = Float64Array.from({ length: 80 }, (_, i) => 2 * y[i >> 1] + random.normal());
    const points = { count: 40, features: 2, classes: 2, x, y };
    const dataset = await storeDataset(
      world.artifacts,
      points,
      DataDescription.fromPartial({ warnings: ['column 1 is odd'] }),
    );
    world.start();
    const data = {
      source: { $case: 'dataset' as const, value: dataset },
      labelBudget: 20,
      testSize: 10,
      identicalRows: 0 as const,
    };
    await world.agent.createStudy({ id: ID, settings: smallStudy({ data }) });
    const study = await world.finished(ID);
    expect([study.state, study.message]).toEqual([StudyState.FINISHED, 'finished']);
    const result = await resultOf(world);
    expect(result.arms.map((arm) => arm.name)).not.toContain('oracle');
    expect(result.warnings[0]).toBe('column 1 is odd');
    expect(result.warnings.join()).toMatch('every claim is about this file only');
    expect(result.data?.warnings).toEqual([]);
    expect([result.labelsUsed, result.testCount]).toEqual([20, 10]);
    await world.stop();
  });

  it('is the same with its policy behind PolicyService', async () => {
    const elsewhere = await startTestServer(createPolicyService((await openPolicies()).policyNamed));
    const openPolicy = (name: string) => remotePolicy(connect, elsewhere.target, name);
    const world = await createWorld(standIns, { openPolicy });
    world.start();
    await world.agent.createStudy({ id: ID, settings: smallStudy({ inFlight: 2 }) });
    await world.finished(ID);
    expect(comparable(await world.episodeLog.replay(ID))).toEqual(comparable(recorded.events));
    await world.stop();
    await elsewhere.stop();
  });

  it("continues from the policy's checkpoints in the log, even if its own would differ", async () => {
    const { policyNamed } = await openPolicies();
    const random = localPolicy(policyNamed, 'random');
    const taught = (by: string, saw: string[]): OpenPolicy => {
      return () => ({
        async propose(settings, { state }, request) {
          saw.push(`${request.firstEpisode}: ${Buffer.from(state)}`);
          return random.propose(settings, INITIAL_CHECKPOINT, request);
        },
        async observe(_settings, { state }, batch) {
          return { state: Buffer.from(`${Buffer.from(state)}${by}${batch} `), updates: batch + 1 };
        },
        close() {},
      });
    };
    const settings = smallStudy({
      episodes: 10,
      evaluation: { draws: 2, rivals: ['noise'], rivalEvaluations: 1, portfolio: false, choice: '' },
    });
    const first = await createWorld(standIns, { openPolicy: taught('a', []) });
    first.start();
    await first.agent.createStudy({ id: ID, settings });
    await first.finished(ID);
    const events = await first.episodeLog.replay(ID);
    const kept = events.findIndex(({ key }) => key.slot === 'policy-3') + 1;

    const saw: string[] = [];
    const second = await createWorld(standIns, { artifacts: first.artifacts, openPolicy: taught('b', saw) });
    for (const { key, payload, headers } of events.slice(0, kept))
      await second.episodeLog.append(key, payload, headers);
    second.start();
    expect((await second.finished(ID)).state).toBe(StudyState.FINISHED);
    // Episodes 8 and 9 are batch 4; with a staleness of 1 it depends on the first three batches.
    expect(saw).toEqual(expect.arrayContaining(['8: a0 a1 a2 ', '9: a0 a1 a2 ']));
    const last = decodeRecord((await second.episodeLog.read({ study: ID, slot: 'policy-5' })) as LogEvent);
    const memory = last?.$case === 'policy' ? await loadCheckpoint(second.artifacts, last.value) : undefined;
    expect([Buffer.from(memory?.state ?? []).toString(), memory?.updates]).toEqual(['a0 a1 a2 b3 b4 ', 5]);
    await second.stop();
    await first.stop();
  });

  it('has the same result when it continues from any event', async () => {
    const tiny = smallStudy({
      episodes: 4,
      sobolEpisodes: 1,
      batchSize: 2,
      evaluation: { draws: 2, rivals: ['noise'], rivalEvaluations: 1, portfolio: false, choice: '' },
    });
    const { world: first, events } = await runWhole(tiny);
    const whole = comparable(events);
    // The classical answers take most of the time, and are the same in every continuation.
    const threads = createClassicalThreads();
    const classical = rememberedAnswers(threads);
    const goOnFrom = async (kept: number, known = events.slice(0, kept)): Promise<void> => {
      const world = await createWorld(standIns, { artifacts: first.artifacts, classical });
      for (const { key, payload, headers } of known) await world.episodeLog.append(key, payload, headers);
      world.start();
      const study = await world.finished(ID);
      expect([kept, study.state]).toEqual([kept, StudyState.FINISHED]);
      expect(comparable(await world.episodeLog.replay(ID))).toEqual(whole);
      await world.stop();
    };
    // A few at a time, because each world mostly waits.
    for (let kept = 1; kept < events.length; kept += 5) {
      const some = Array.from({ length: Math.min(5, events.length - kept) }, (_, i) => goOnFrom(kept + i));
      await Promise.all(some);
    }
    // A log from before policies wrote checkpoints.
    const bare = events.filter(({ key }) => !key.slot.startsWith('policy-') && key.slot !== 'finish');
    await goOnFrom(bare.length, bare);
    await threads.close();
    await first.stop();
  }, 300_000);
});
