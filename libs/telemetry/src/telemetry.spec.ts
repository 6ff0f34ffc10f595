import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { startOtlpCollector } from '@qloom/testing/otlp-collector.ts';
import { contextFromHeaders, traceHeaders } from './event-headers.ts';
import { observeGauge, recordStageDuration } from './metrics.ts';
import { GAUGES, HISTOGRAMS, SPAN_NAMES, STAGE_IN_FLIGHT } from './schema.ts';
import { activeTraceIds, withSpan } from './spans.ts';
import { startTelemetry } from './start.ts';

describe('telemetry without an endpoint', () => {
  it('records nothing, carries nothing, and runs the work', async () => {
    const telemetry = startTelemetry({ serviceName: 'test', endpoint: '' });
    expect(telemetry.enabled).toBe(false);
    const result = await withSpan('fit', { study: 's' }, (span) => {
      expect(span.isRecording()).toBe(false);
      expect(traceHeaders()).toEqual({});
      expect(activeTraceIds()).toBeUndefined();
      return 42;
    });
    expect(result).toBe(42);
    expect(contextFromHeaders({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` })).toBe(ROOT_CONTEXT);
    await telemetry.shutdown();
  });

  it('refuses an endpoint that is no URL, with an example of a right one', () => {
    expect(() => startTelemetry({ serviceName: 'test', endpoint: 'localhost:4318' })).toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" is not an http or https URL; right would be http://127.0.0.1:4318',
    );
  });
});

describe('telemetry with a collector', () => {
  it('carries the context through promises and timers, and makes a consumer the child of its producer', async () => {
    const collector = await startOtlpCollector();
    const telemetry = startTelemetry({ serviceName: 'test', endpoint: `${collector.endpoint}/`, traceDelayMs: 1 });
    let headers: Record<string, string> = {};
    await withSpan('propose', { parent: 'root' }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      headers = traceHeaders();
    });
    expect(headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const failed = withSpan('fit', { parent: contextFromHeaders(headers) }, async () => {
      throw Object.assign(new Error('loss is NaN'), { code: 'diverged' });
    });
    await expect(failed).rejects.toThrow('loss is NaN');
    recordStageDuration('fit', 'failed', 0.25);
    await telemetry.shutdown();
    const [propose, fit] = await Promise.all([collector.span('propose'), collector.span('fit')]);
    expect([fit.traceId, fit.parentSpanId]).toEqual([propose.traceId, propose.spanId]);
    expect(propose.parentSpanId).toBe('');
    expect(fit).toMatchObject({ service: 'test', status: 2, attributes: { 'error.type': 'diverged' } });
    expect(await collector.histogram(({ name }) => name === 'qloom.stage.duration')).toMatchObject({
      sum: 0.25,
      exponential: true,
    });
    expect(trace.getTracer('any').startSpan('any').isRecording()).toBe(false);
    await collector.stop();
  });

  it('observes a gauge at each export, and at shutdown', async () => {
    const collector = await startOtlpCollector();
    const telemetry = startTelemetry({ serviceName: 'test', endpoint: collector.endpoint });
    let value = 3;
    observeGauge(STAGE_IN_FLIGHT, (report) => report(value, { 'qloom.stage': 'fit' }));
    await telemetry.flush();
    value = 0;
    await telemetry.shutdown();
    const seen = collector.numbers.filter(({ name }) => name === STAGE_IN_FLIGHT.name);
    expect(seen.map((series) => series.value)).toEqual([3, 0]);
    expect(seen[0]).toMatchObject({ unit: '{event}', monotonic: false, attributes: { 'qloom.stage': 'fit' } });
    await collector.stop();
  });

  it('links a trace to the spans of others, and leaves out contexts without a span', async () => {
    const collector = await startOtlpCollector();
    const telemetry = startTelemetry({ serviceName: 'test', endpoint: collector.endpoint });
    let headers = {};
    await withSpan('create-study', { parent: 'root' }, () => {
      headers = traceHeaders();
    });
    const links = [contextFromHeaders(headers), contextFromHeaders({}), contextFromHeaders(undefined)];
    await withSpan('job', { parent: 'root', links }, () => {});
    await telemetry.shutdown();
    const [study, job] = await Promise.all([collector.span('create-study'), collector.span('job')]);
    expect(job.links).toEqual([{ traceId: study.traceId, spanId: study.spanId }]);
    expect(job.traceId).not.toBe(study.traceId);
    await collector.stop();
  });

  it('survives an unreachable collector', async () => {
    const telemetry = startTelemetry({ serviceName: 'test', endpoint: 'http://127.0.0.1:1', exportTimeoutMs: 50 });
    await withSpan('fit', {}, async () => {});
    await telemetry.flush();
    await telemetry.shutdown();
  });
});

it('lists every name once', () => {
  const names = [...SPAN_NAMES, ...[...HISTOGRAMS, ...GAUGES].map(({ name }) => name)];
  expect(new Set(names).size).toBe(names.length);
});
