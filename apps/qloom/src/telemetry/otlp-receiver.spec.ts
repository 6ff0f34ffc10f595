import { gzipSync } from 'node:zlib';
import { withSpan } from '@qloom/telemetry/spans.ts';
import { startTelemetry } from '@qloom/telemetry/start.ts';
import type { KeptSpan } from './kept-span.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.ts';

describe('the OTLP receiver', () => {
  let receiver: OtlpReceiver | undefined;
  afterEach(() => receiver?.close());

  const post = async (
    path: string,
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${receiver?.endpoint}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('keeps what our telemetry sends: service, parents, times, attributes, errors', async () => {
    const spans: KeptSpan[] = [];
    const arrived = Promise.withResolvers<void>();
    receiver = await startOtlpReceiver({
      onSpans: (list) => {
        spans.push(...list);
        if (spans.length === 2) arrived.resolve();
      },
    });
    const telemetry = startTelemetry({ serviceName: 'qloom.toy', keepAt: receiver.endpoint });
    const before = Date.now();
    await withSpan('fit', { study: 's', episode: 3 }, async () => {
      await withSpan('generate', { study: 's', episode: 3 }, () => {
        throw new Error('NaN loss');
      }).catch(() => {});
    });
    await arrived.promise;
    await telemetry.shutdown();
    const [generate, fit] = ['generate', 'fit'].map((name) => spans.find((span) => span.name === name));
    expect(generate).toMatchObject({
      parentSpanId: fit?.spanId,
      traceId: fit?.traceId,
      status: 'error',
      statusMessage: 'NaN loss',
    });
    expect(fit).toMatchObject({ service: 'qloom.toy', kind: 'internal', status: 'unset' });
    expect(fit?.parentSpanId).toBeUndefined();
    expect(fit?.attributes).toMatchObject({ 'qloom.stage': 'fit', 'qloom.study': 's', 'qloom.episode': 3 });
    expect(fit?.startMs).toBeGreaterThan(before - 1_000);
    expect(fit?.endMs).toBeGreaterThanOrEqual(fit?.startMs ?? Number.POSITIVE_INFINITY);
  });

  it('keeps fractions of a millisecond, and reads gzip', async () => {
    const spans: KeptSpan[] = [];
    receiver = await startOtlpReceiver({ onSpans: (list) => spans.push(...list) });
    const span = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      name: 'fit',
      startTimeUnixNano: '1770000000000250000',
      endTimeUnixNano: '1770000000001500000',
    };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    expect((await post('/v1/traces', gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(spans[0]).toMatchObject({
      service: 'unknown',
      startMs: 1770000000000.25,
      endMs: 1770000000001.5,
      kind: 'unspecified',
    });
  });

  it('refuses what it cannot keep, and says what would be right', async () => {
    receiver = await startOtlpReceiver({ onSpans: () => {} });
    expect((await post('/v1/traces', '{"resource":1}')).status).toBe(400);
    expect((await post('/elsewhere', '{}')).status).toBe(404);
    const protobuf = await post('/v1/traces', 'x', { 'content-type': 'application/x-protobuf' });
    expect(protobuf.status).toBe(415);
    expect(await protobuf.text()).toContain('http/json');
    expect((await post('/v1/metrics', '{}')).status).toBe(200);
  });
});
