import { SpanKind } from '@opentelemetry/api';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { traceHeaders } from '@qloom/telemetry/event-headers.ts';
import { STAGE_DURATION, STAGE_IN_FLIGHT, STAGE_QUEUE_WAIT } from '@qloom/telemetry/schema.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import { startTelemetry, type Telemetry } from '@qloom/telemetry/start.ts';
import { describeWithNats, type NatsServer, startNatsServer } from '@qloom/testing/nats-server.ts';
import { assertEdge, type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog, startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { connect } from './client/clients.ts';
import { DomainError } from './faults/errors.ts';
import { createLogger } from './logger.ts';
import { bindService } from './server/handlers.ts';
import { encodeSlot } from './stage/slot-events.ts';
import { createStageWorker } from './stage/stage-worker.ts';

const METHOD = 'qloom.generator.v1.GeneratorService/Sample';

let collector: OtlpCollector;
let telemetry: Telemetry;
let folder: TempFolder;
let server: TestServer;

beforeEach(async () => {
  collector = await startOtlpCollector();
  telemetry = startTelemetry({ serviceName: 'generator', endpoint: collector.endpoint, traceDelayMs: 1 });
  folder = await createTempFolder();
  server = await startTestServer(
    bindService(GeneratorServiceService, {
      async getCapabilities() {
        throw new DomainError('unsupported', 'not here');
      },
      async *fit() {},
      async *sample(requests) {
        for await (const _request of requests) {
          await withSpan('generate', {}, async () => {});
          yield { part: { $case: 'summary', value: { count: 1, drawn: 0, acceptance: 1, forced: 0 } } };
        }
      },
    }),
  );
});
afterEach(async () => {
  await server.stop();
  await telemetry.shutdown();
  await collector.stop();
  await folder.remove();
});

describe('on SQLite', () => {
  readsOneEpisode(() => `sqlite://${folder.file('log.db')}`, {
    'messaging.system': 'sqlite',
    'messaging.destination.name': 'study/5/propose',
    'messaging.destination.template': '*/*/propose',
  });
});

describeWithNats('on NATS', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNatsServer();
  });
  afterAll(() => nats.stop());
  readsOneEpisode(() => nats.url, {
    'messaging.system': 'nats',
    'messaging.destination.name': 'qloom.v1.ep.study.5.propose',
    'messaging.destination.template': 'qloom.v1.ep.*.*.propose',
  });
});

/** What the worker's clock shows: hours after the log's. */
const TAKEN_MS = Math.ceil(Date.now()) + 10_000_000;

function readsOneEpisode(url: () => string, place: Record<string, string>): void {
  it('reads one episode as one trace: producer → event → consumer → client → server → step', async () => {
    const episodeLog = await openEpisodeLog(url());
    const remote = connect(GeneratorServiceService, server.target);
    const worker = createStageWorker({
      stage: 'fit',
      episodeLog,
      log: createMemoryLog().log,
      concurrency: 1,
      now: () => TAKEN_MS,
      async run(_event, { signal }) {
        const call = remote.sample({ signal });
        await call.exchange({ part: undefined });
        call.closeSend();
        await call.receive();
        return { $case: 'fit', value: { folds: [] } };
      },
    });
    worker.start(server.target);
    const key: EpisodeKey = { study: 'study', episode: 5, slot: 'propose' };
    const result = { facts: { $case: 'propose' as const, value: PROPOSED } };
    await withSpan('propose', { study: 'study', episode: 5, parent: 'root', kind: SpanKind.PRODUCER }, () =>
      episodeLog.append(key, encodeSlot(key, { startedAtMs: 1, endedAtMs: 2, attempt: 1, result }), traceHeaders()),
    );
    const fit = await collector.span('fit');
    await telemetry.flush();
    assertEdge(collector.spans, 'generator:propose', 'generator:fit');
    assertEdge(collector.spans, 'fit', METHOD);
    assertEdge(collector.spans, METHOD, METHOD);
    assertEdge(collector.spans, METHOD, 'generate');
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(fit.kind).toBe(5);
    expect(fit.attributes).toMatchObject({
      'qloom.stage': 'fit',
      'qloom.study': 'study',
      'qloom.episode': 5,
      'qloom.outcome': 'ok',
      'qloom.delivery.attempt': 1,
      ...place,
      'messaging.system.name': place['messaging.system'],
      'messaging.message.id': String((await episodeLog.read(key))?.sequence),
      'messaging.consumer.group.name': 'fit',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'consume',
    });
    const { timeMs } = (await episodeLog.read(key))!;
    expect(fit.attributes['qloom.stage.queue_wait']).toBe((TAKEN_MS - timeMs) / 1000);
    // The slot that the stage wrote carries its context: the span of its consumer is a child of `fit`.
    const slot = await episodeLog.read({ study: 'study', episode: 5, slot: 'fit' });
    expect(slot?.headers['traceparent']).toBe(`00-${fit.traceId}-${fit.spanId}-01`);

    await worker.drain(1_000);
    await telemetry.flush();
    for (const { name } of [STAGE_DURATION, STAGE_QUEUE_WAIT]) {
      const series = await collector.histogram((histogram) => histogram.name === name);
      expect(series).toMatchObject({ unit: 's', exponential: true, count: 1 });
      expect(series.attributes).toEqual({ 'qloom.stage': 'fit', 'qloom.outcome': 'ok' });
    }
    const inFlight = collector.numbers.filter(({ name }) => name === STAGE_IN_FLIGHT.name);
    expect(inFlight.at(-1)).toMatchObject({ value: 0, attributes: { 'qloom.stage': 'fit' } });
    const duration = await collector.histogram(({ name }) => name === 'rpc.server.call.duration');
    expect(duration).toMatchObject({ unit: 's', exponential: true, attributes: { 'rpc.method': METHOD } });
    remote.close();
    await episodeLog.close();
  });
}

it('makes one span for a call on each side, for any number of messages', async () => {
  const remote = connect(GeneratorServiceService, server.target);
  const call = remote.sample();
  for (let i = 0; i < 50; i++) await call.exchange({ part: undefined });
  call.closeSend();
  expect(await call.receive()).toBeUndefined();
  await telemetry.flush();
  const calls = collector.spans.filter(({ name }) => name === METHOD);
  expect(calls.map(({ kind }) => kind).sort()).toEqual([2, 3]);
  expect(calls.find(({ kind }) => kind === 3)?.attributes).toEqual({
    'rpc.system.name': 'grpc',
    'rpc.method': METHOD,
    'server.address': server.target.slice('unix:'.length),
    'rpc.response.status_code': 'OK',
  });
  remote.close();
});

it('marks a call as failed on the side at fault, and on the side that could not continue', async () => {
  const remote = connect(GeneratorServiceService, server.target);
  await expect(remote.getCapabilities({})).rejects.toMatchObject({ details: 'not here' });
  const call = remote.sample();
  await call.exchange({ part: undefined });
  call.cancel();
  await expect(call.receive()).rejects.toMatchObject({ details: expect.stringContaining('ancelled') });
  await collector.span(METHOD);
  await telemetry.flush();
  const server_ = collector.spans.find(({ name, kind }) => name.endsWith('GetCapabilities') && kind === 2);
  const client = collector.spans.find(({ name, kind }) => name === METHOD && kind === 3);
  expect(server_).toMatchObject({ status: 2, attributes: { 'error.type': 'UNIMPLEMENTED' } });
  expect(client).toMatchObject({ status: 2, attributes: { 'error.type': 'CANCELLED' } });
  // The metric has the attribute by which dashboards and alerts select failed calls.
  const failed = await collector.histogram(
    ({ name, attributes }) => name === 'rpc.server.call.duration' && 'error.type' in attributes,
  );
  expect(failed.attributes['error.type']).toBe('UNIMPLEMENTED');
  remote.close();
});

const PROPOSED = {
  batch: 0,
  origin: 'sobol',
  hyperparameters: [],
  seed: 7,
  policyVersion: 0,
  multipliers: [],
  folds: [],
  data: undefined,
  qnn: undefined,
  qnnSeeds: [],
};

it('sends each line of the log as a record that has its fields and the ids of the active span', async () => {
  const lines: string[] = [];
  const log = createLogger({
    fields: { service: 'generator' },
    write: (line) => void lines.push(line),
    now: () => 1_770_000_000_123,
  });
  const error = Object.assign(new Error('to nats://me:secret@host'), { code: 'ECONNREFUSED' });
  await withSpan('fit', { parent: 'root' }, () =>
    log.with({ stage: 'fit' }).warn('handed back', { attempt: 2, error }),
  );
  log.debug('below the level');
  await telemetry.flush();
  const [record, ...others] = collector.logs;
  const { time, level, message, trace_id, span_id, ...fields } = JSON.parse(lines[0]);
  expect(others).toEqual([]);
  expect(record).toEqual({
    service: 'generator',
    timeMs: Date.parse(time),
    severityNumber: 13,
    severityText: level,
    body: message,
    traceId: trace_id,
    spanId: span_id,
    attributes: fields,
  });
  expect(fields).toMatchObject({ service: 'generator', stage: 'fit', attempt: 2, error: { code: 'ECONNREFUSED' } });
  expect(JSON.stringify(record)).not.toContain('secret');
});
