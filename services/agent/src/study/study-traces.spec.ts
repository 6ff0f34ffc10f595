import { StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { decodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import { SPAN_NAMES } from '@qloom/telemetry/schema.ts';
import { startTelemetry, type Telemetry } from '@qloom/telemetry/start.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { createWorld, type StandIns, smallStudy, startStandIns, type World } from '../testing/world.ts';
import { stageLag } from './observe-studies.ts';
import { applyEvent, emptyView } from './replay/study-view.ts';

const ID = 'traced';
const EPISODES = smallStudy().episodes;

let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns();
});
afterAll(() => standIns.stop());

describe('the traces of a study on SQLite', () => {
  areRight(() => undefined, {
    system: 'sqlite',
    created: `${ID}/create`,
    proposed: `${ID}/0/propose`,
    judged: /^traced\/\d+\/(assess|evaluate)$/,
  });
});

describeWithNats('the traces of a study on NATS', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNatsServer();
  });
  afterAll(() => nats.stop());
  areRight(() => nats.url, {
    system: 'nats',
    created: `qloom.v1.st.${ID}.create`,
    proposed: `qloom.v1.ep.${ID}.0.propose`,
    judged: /^qloom\.v1\.ep\.traced\.\d+\.(assess|evaluate)$/,
  });
});

function areRight(
  url: () => string | undefined,
  place: { system: string; created: string; proposed: string; judged: RegExp },
): void {
  let collector: OtlpCollector;
  let telemetry: Telemetry;
  let world: World;
  let events: LogEvent[];

  beforeAll(async () => {
    collector = await startOtlpCollector();
    telemetry = startTelemetry({ serviceName: 'agent', endpoint: collector.endpoint });
    world = await createWorld(standIns, { log: url(), appendsAnswerAfterMs: 20 });
    world.start();
    await world.agent.createStudy({ id: ID, settings: smallStudy() });
    const study = await world.finished(ID);
    expect(study.state).toBe(StudyState.FINISHED);
    events = await world.episodeLog.replay(ID);
    // The end of a study is seen in the log before its last span ends.
    await collector.span('final-evaluation');
    await telemetry.flush();
  });
  afterAll(async () => {
    await world?.stop();
    await telemetry?.shutdown();
    await collector?.stop();
  });

  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  const contextOf = ({ traceId, spanId }: CollectedSpan) => ({ traceId, spanId });
  const slot = (name: string, episode?: number) =>
    events.find(({ key }) => key.slot === name && key.episode === episode) as LogEvent;

  it('have a trace of its own for every job, linked to the creation of the study', () => {
    const [created] = named('create-study');
    const jobs = named('job');
    const units = events.filter(({ key }) => key.slot.startsWith('unit-'));
    expect(jobs.map(({ attributes }) => `unit-${attributes['qloom.job']}`).sort()).toEqual(
      units.map(({ key }) => key.slot).sort(),
    );
    expect(new Set(jobs.map(({ traceId }) => traceId)).size).toBe(jobs.length);
    for (const job of jobs) {
      expect(job.parentSpanId).toBe('');
      expect(job.links).toEqual([contextOf(created)]);
      expect(job.attributes).toMatchObject({ 'qloom.study': ID, 'qloom.outcome': 'ok' });
      expect(slot(`unit-${job.attributes['qloom.job']}`).headers['traceparent']).toBe(
        `00-${job.traceId}-${job.spanId}-01`,
      );
    }
  });

  it('have the work of a job in the trace of the job', () => {
    const jobs = new Map(named('job').map((job) => [job.traceId, job]));
    const trained = collector.spans.filter(({ name, kind }) => name.endsWith('/Evaluate') && kind === 3);
    const ofJobs = trained.filter(({ traceId }) => jobs.has(traceId));
    expect(ofJobs.length).toBeGreaterThan(0);
    // The others are of the stage `evaluate`, and of the check before a study is created.
    const stages = new Set([...named('evaluate'), ...named('create-study')].map(({ traceId }) => traceId));
    expect(trained.every(({ traceId }) => jobs.has(traceId) || stages.has(traceId))).toBe(true);
  });

  it('lead from the study to its jobs: the final evaluation, in the trace of the study, links to them', () => {
    const [created] = named('create-study');
    const [evaluation, ...more] = named('final-evaluation');
    expect(more).toEqual([]);
    expect([evaluation.traceId, evaluation.parentSpanId]).toEqual([created.traceId, created.spanId]);
    const byTrace = (a: { traceId: string }, b: { traceId: string }) => a.traceId.localeCompare(b.traceId);
    expect([...evaluation.links].sort(byTrace)).toEqual(named('job').map(contextOf).sort(byTrace));
    const lastReward = Math.max(...events.filter(({ key }) => key.slot === 'reward').map(({ timeMs }) => timeMs));
    expect(Math.round(evaluation.startMs)).toBe(lastReward);
  });

  it('are short: an episode or a job each, and what creates a study', () => {
    const lengths = new Map<string, number>();
    for (const { traceId } of collector.spans) lengths.set(traceId, (lengths.get(traceId) ?? 0) + 1);
    const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === '');
    const ofStudy = named('create-study')[0].traceId;
    for (const { name, traceId } of roots.filter((root) => (SPAN_NAMES as readonly string[]).includes(root.name))) {
      expect(['propose', 'job']).toContain(name);
      // Two folds of a few calls with two spans each, and in a job two QNN seeds.
      expect(lengths.get(traceId)).toBeLessThan(60);
      expect(traceId).not.toBe(ofStudy);
    }
    expect(named('propose')).toHaveLength(EPISODES);
  });

  it('link every episode to its study, and a reward to both slots that it follows from', () => {
    const [created] = named('create-study');
    for (const propose of named('propose')) expect(propose.links).toEqual([contextOf(created)]);
    for (const reward of named('reward')) {
      const episode = Number(reward.attributes['qloom.episode']);
      const before = [slot('assess', episode), slot('evaluate', episode)].sort((a, b) => a.sequence - b.sequence);
      const [first, last] = before.map(({ headers }) => headers['traceparent'].split('-')[2]);
      expect(reward.parentSpanId).toBe(last);
      expect(reward.links).toEqual([{ traceId: reward.traceId, spanId: first }]);
    }
  });

  it('have the wait of a reward from the last slot that it follows from to its start', () => {
    for (const reward of named('reward')) {
      const episode = Number(reward.attributes['qloom.episode']);
      const written = Math.max(slot('assess', episode).timeMs, slot('evaluate', episode).timeMs);
      const started = decodeSlot(slot('reward', episode)).startedAt?.getTime() ?? 0;
      expect(reward.attributes['qloom.stage.queue_wait']).toBe(Math.max(0, started - written) / 1000);
    }
  });

  it('name the log, the place and the message of each event that is written or read', () => {
    const messaging = ({ attributes }: CollectedSpan) => attributes;
    expect(messaging(named('create-study')[0])).toMatchObject({
      'messaging.system': place.system,
      'messaging.destination.name': place.created,
      'messaging.operation.type': 'send',
      'messaging.message.id': String(slot('create').sequence),
    });
    expect(messaging(named('propose').find(({ attributes }) => attributes['qloom.episode'] === 0)!)).toMatchObject({
      'messaging.system': place.system,
      'messaging.destination.name': place.proposed,
      'messaging.operation.type': 'send',
      'messaging.message.id': String(slot('propose', 0).sequence),
    });
    for (const reward of named('reward')) {
      expect(messaging(reward)).toMatchObject({
        'messaging.system': place.system,
        'messaging.destination.name': expect.stringMatching(place.judged),
        'messaging.operation.type': 'process',
      });
    }
  });

  it('have no lag left, and counted each event once while it waited', () => {
    const lag = (read: readonly LogEvent[]) => stageLag(read.reduce(applyEvent, emptyView(ID)));
    expect(lag(events)).toEqual({ propose: 0, fit: 0, assess: 0, evaluate: 0, reward: 0 });
    const until = (name: string) => events.slice(0, events.findIndex(({ key }) => key.slot === name) + 1);
    const proposed = until('propose').length;
    expect(lag(events.slice(0, proposed))).toMatchObject({ fit: 1, assess: 0 });
    const before = until('fit');
    const waiting = before.filter(({ key }) => key.slot === 'propose').length - 1;
    expect(lag(before)).toEqual({ propose: 0, fit: waiting, assess: 1, evaluate: 1, reward: 0 });
  });
}
