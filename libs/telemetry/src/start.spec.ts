import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type OtlpCollector, startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { traceHeaders } from './event-headers.ts';
import { recordStageDuration } from './metrics.ts';
import { withSpan } from './spans.ts';
import { underVariables } from './testing/under-variables.ts';

let collector: OtlpCollector;

beforeEach(async () => {
  collector = await startOtlpCollector();
});
afterEach(async () => {
  await collector.stop();
});

const both = { OTEL_EXPORTER_OTLP_ENDPOINT: '$' };
const paths = (): string[] => [...new Set(collector.requests.map(({ path }) => path))].sort();

describe('where telemetry goes', () => {
  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', both, ['/v1/logs', '/v1/metrics', '/v1/traces']],
    [
      'the same with a path',
      { OTEL_EXPORTER_OTLP_ENDPOINT: '$/otlp/' },
      ['/otlp/v1/logs', '/otlp/v1/metrics', '/otlp/v1/traces'],
    ],
    [
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, as it is',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '$/mine/v1/traces' },
      ['/mine/v1/traces'],
    ],
    [
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, as it is',
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '$/v1/metrics' },
      ['/v1/metrics'],
    ],
    [
      'one signal elsewhere',
      { ...both, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '$/b/v1/traces' },
      ['/b/v1/traces', '/v1/logs', '/v1/metrics'],
    ],
    ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, as it is', { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: '$/mine' }, ['/mine']],
    ['OTEL_TRACES_EXPORTER=none', { ...both, OTEL_TRACES_EXPORTER: 'none' }, ['/v1/logs', '/v1/metrics']],
    ['OTEL_METRICS_EXPORTER=none', { ...both, OTEL_METRICS_EXPORTER: 'none' }, ['/v1/logs', '/v1/traces']],
    ['OTEL_LOGS_EXPORTER=none', { ...both, OTEL_LOGS_EXPORTER: 'none' }, ['/v1/metrics', '/v1/traces']],
    ['OTEL_SDK_DISABLED', { ...both, OTEL_SDK_DISABLED: 'TRUE' }, []],
    ['nothing that is set', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_TRACES_EXPORTER: '' }, []],
  ])('follows %s', async (_what, variables, expected) => {
    const { enabled } = await underVariables(collector.endpoint, variables);
    expect(paths()).toEqual(expected);
    expect(enabled).toBe(expected.length > 0);
  });

  it('is the console as well, as OTEL_TRACES_EXPORTER requests', async () => {
    const printed = jest.spyOn(console, 'dir').mockImplementation(() => {});
    try {
      await underVariables(collector.endpoint, {
        ...both,
        OTEL_TRACES_EXPORTER: 'console,otlp',
        OTEL_METRICS_EXPORTER: 'console',
        OTEL_LOGS_EXPORTER: 'console',
      });
      expect(printed.mock.calls.map(([what]) => what.name ?? what.descriptor?.name ?? what.body)).toEqual(
        expect.arrayContaining(['fit', 'qloom.stage.duration', 'measured']),
      );
      expect(paths()).toEqual(['/v1/traces']);
    } finally {
      printed.mockRestore();
    }
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', ['/v1/logs', '/v1/metrics', '/v1/traces']],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', ['/v1/traces']],
    ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', ['/v1/metrics']],
    ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', ['/v1/logs']],
    ['UNSET', []],
  ])('is encoded according to %s', async (name, inProtobuf) => {
    await underVariables(collector.endpoint, { ...both, [name]: 'http/protobuf' });
    for (const { path, headers } of collector.requests) {
      const type = inProtobuf.includes(path) ? 'application/x-protobuf' : 'application/json';
      expect([path, headers['content-type']]).toEqual([path, type]);
    }
    expect(paths()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
    expect(await collector.log(() => true)).toEqual({
      service: 'test',
      timeMs: 1_770_000_000_123,
      severityNumber: 13,
      severityText: 'warn',
      body: 'measured',
      traceId: '',
      spanId: '',
      attributes: { stage: 'fit', attempt: 2, error: { name: 'Error', codes: ['a', 1.5] } },
    });
    expect(await collector.number(({ name }) => name === 'process.cpu.time')).toMatchObject({
      unit: 's',
      monotonic: true,
      attributes: { 'cpu.mode': 'user' },
    });
    const span = await collector.span('fit', 'test');
    expect(span).toMatchObject({ kind: 1, parentSpanId: '', attributes: { 'qloom.stage': 'fit' } });
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(await collector.histogram((series) => series.name === 'qloom.stage.duration')).toMatchObject({
      service: 'test',
      unit: 's',
      exponential: true,
      count: 1,
      sum: 0.25,
      attributes: { 'qloom.outcome': 'ok' },
    });
  });

  it('has the headers and the compression that the variables name, by signal', async () => {
    await underVariables(collector.endpoint, {
      ...both,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a,x-tenant=b',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-tenant=c',
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
    });
    const headersOf = (path: string) => collector.requests.find((request) => request.path === path)?.headers;
    expect(headersOf('/v1/traces')).toMatchObject({
      authorization: 'Bearer a',
      'x-tenant': 'b',
      'content-encoding': 'gzip',
    });
    expect(headersOf('/v1/metrics')).toMatchObject({ authorization: 'Bearer a', 'x-tenant': 'c' });
    expect(headersOf('/v1/metrics')).not.toHaveProperty('content-encoding');
    expect((await collector.span('fit')).service).toBe('test');
  });
});

describe('the content of telemetry', () => {
  it('of logs is limited by OTEL_LOGRECORD_* and sent in the batches of OTEL_BLRP_*', async () => {
    await underVariables(collector.endpoint, {
      ...both,
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '2',
      OTEL_BLRP_SCHEDULE_DELAY: '1',
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '1',
    });
    expect((await collector.log(() => true)).attributes).toEqual({ stage: 'fi' });
  });

  it.each([
    [{ OTEL_SERVICE_NAME: 'mine' }, { 'service.name': 'mine' }],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab,service.name=theirs' },
      { 'deployment.environment.name': 'lab', 'service.name': 'theirs' },
    ],
    [
      { OTEL_SERVICE_NAME: 'mine', OTEL_RESOURCE_ATTRIBUTES: 'service.name=theirs,a=%C3%A4' },
      { 'service.name': 'mine', a: 'ä' },
    ],
    [{}, { 'service.name': 'test' }],
  ])('of its resource follows %j', async (variables, resource) => {
    await underVariables(collector.endpoint, { ...both, ...variables });
    expect((await collector.span('fit')).resource).toMatchObject({
      ...resource,
      'service.instance.id': expect.any(String),
    });
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, ['fit', 'generate']],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, []],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, []],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' }, ['fit']],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, []],
    [{}, ['fit']],
  ])('is sampled by %j', async (variables, expected) => {
    await underVariables(collector.endpoint, { ...both, ...variables }, async () => {
      await withSpan('fit', { parent: 'root' }, async () => {});
      // A parent that was not sampled: it decides for the parentbased_ ones.
      const unsampled = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 };
      await withSpan('generate', { parent: trace.setSpanContext(ROOT_CONTEXT, unsampled) }, async () => {});
    });
    expect(collector.spans.map(({ name }) => name).sort()).toEqual(expected);
  });

  it('is kept where it is to be kept, whatever the sampler, and sent on by the sampler', async () => {
    const kept = await startOtlpCollector();
    try {
      const off = { ...both, OTEL_TRACES_SAMPLER: 'always_off', OTEL_SERVICE_NAME: 'mine' };
      await underVariables(collector.endpoint, off, undefined, { keepAt: kept.endpoint });
      expect(await kept.span('fit', 'mine')).toMatchObject({ status: 0 });
      expect(collector.spans).toEqual([]);
      expect(paths()).toEqual(['/v1/logs', '/v1/metrics']);
      await underVariables(collector.endpoint, both, undefined, { keepAt: kept.endpoint });
      expect([kept.spans.length, collector.spans.length]).toEqual([2, 1]);
      await underVariables(collector.endpoint, { OTEL_SDK_DISABLED: 'true', ...both }, undefined, {
        keepAt: kept.endpoint,
      });
      expect([kept.spans.length, collector.spans.length]).toEqual([3, 1]);
    } finally {
      await kept.stop();
    }
  });

  it.each([
    [{ OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1' }, 1, 'long'],
    [{ OTEL_ATTRIBUTE_COUNT_LIMIT: '2' }, 2, 'long'],
    [{ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '2' }, 4, 'lo'],
    [{ OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3', OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1' }, 4, 'l'],
  ])('is limited by %j', async (variables, count, value) => {
    await underVariables(collector.endpoint, { ...both, ...variables }, () =>
      withSpan('fit', { parent: 'root', study: 's', attributes: { a: 'long', b: 'long' } }, async () => {}),
    );
    const { attributes } = await collector.span('fit');
    expect(Object.keys(attributes)).toHaveLength(count);
    if (count === 4) expect(attributes['a']).toBe(value);
  });

  it('propagates as OTEL_PROPAGATORS says', async () => {
    const carried = async (propagators: string): Promise<string[]> => {
      let keys: string[] = [];
      const baggage = propagation.createBaggage({ a: { value: 'b' } });
      await underVariables(collector.endpoint, { ...both, OTEL_PROPAGATORS: propagators }, () =>
        withSpan('fit', { parent: 'root' }, async () => {
          context.with(propagation.setBaggage(context.active(), baggage), () => {
            keys = Object.keys(traceHeaders());
          });
        }),
      );
      return keys.sort();
    };
    expect(await carried('tracecontext')).toEqual(['traceparent']);
    expect(await carried('baggage')).toEqual(['baggage']);
    expect(await carried('tracecontext, baggage')).toEqual(['baggage', 'traceparent']);
    expect(await carried('none')).toEqual([]);
  });

  it('has explicit buckets if the aggregation of histograms requests them', async () => {
    await underVariables(collector.endpoint, {
      ...both,
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'explicit_bucket_histogram',
    });
    expect(await collector.histogram(() => true)).toMatchObject({ exponential: false, count: 1 });
  });

  it('is sent in the batches and at the intervals of OTEL_BSP_* and OTEL_METRIC_EXPORT_*', async () => {
    const batches = {
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
      OTEL_BSP_SCHEDULE_DELAY: '1',
      OTEL_METRIC_EXPORT_INTERVAL: '5',
    };
    await underVariables(collector.endpoint, { ...both, ...batches, OTEL_METRIC_EXPORT_TIMEOUT: '4' }, async () => {
      for (let i = 0; i < 3; i++) await withSpan('fit', { parent: 'root' }, async () => {});
      recordStageDuration('fit', 'ok', 0.25);
      // Arrives long before the ten seconds that are the default.
      await collector.histogram(() => true);
      await collector.span('fit');
    });
    expect(collector.requests.filter(({ path }) => path === '/v1/traces')).toHaveLength(3);
  });
});
