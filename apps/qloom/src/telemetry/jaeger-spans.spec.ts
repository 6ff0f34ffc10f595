import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError, UsageError } from '../command/errors.ts';
import { makeStudySpans } from '../testing/study-spans.ts';
import { jaegerSpans } from './jaeger-spans.ts';
import { type KeptSpan, SPAN_KINDS } from './kept-span.ts';
import { stageTimes } from './stage-times.ts';

const NOW = Date.parse('2026-03-03T00:00:00Z');
let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A span as Jaeger writes it (jsonpb of opentelemetry.proto.trace.v1.Span, ids in hexadecimal). */
function otlp(span: KeptSpan) {
  const nanos = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: nanos(span.startMs),
    endTimeUnixNano: nanos(span.endMs),
    attributes: Object.entries(span.attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: String(value) },
    })),
    status: {},
  };
}

/**
 * Answers like Jaeger 2 (cmd/jaeger/internal/extension/jaegerquery/internal/apiv3/http_gateway.go): the newest traces of a
 * service and an operation in a time window, at most `query.search_depth`; 404 where there are none; no search by attribute.
 */
async function serveJaeger(spans: readonly KeptSpan[], { documents = 1 } = {}): Promise<{ url: string; asked: URL[] }> {
  const asked: URL[] = [];
  const started = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://jaeger');
    asked.push(url);
    const get = (name: string): string => url.searchParams.get(`query.${name}`) ?? '';
    const answer = (code: number, body: string): void => void response.writeHead(code).end(body);
    if (url.pathname === '/jaeger/api/v3/services') {
      return answer(200, JSON.stringify({ services: [...new Set(spans.map(({ service }) => service))] }));
    }
    if (url.pathname !== '/jaeger/api/v3/traces') return answer(404, '<html>not found</html>');
    if (get('start_time_min') === '' || get('start_time_max') === '') {
      const message = 'query.start_time_min and query.start_time_max are required';
      return answer(400, JSON.stringify({ error: { httpCode: 400, message } }));
    }
    const [from, to] = [Date.parse(get('start_time_min')), Date.parse(get('start_time_max'))];
    const fits = spans
      .filter(({ service, name }) => service === get('service_name') && name === get('operation_name'))
      .filter(({ startMs }) => startMs >= from && startMs <= to)
      .sort((a, b) => b.startMs - a.startMs);
    const traces = [...new Set(fits.map(({ traceId }) => traceId))].slice(0, Number(get('search_depth')));
    if (traces.length === 0) {
      return answer(404, JSON.stringify({ error: { httpCode: 404, message: 'No traces found' } }));
    }
    const parts = Array.from({ length: documents }, (_, part) => traces.filter((_id, i) => i % documents === part));
    const texts = parts.map((ids) => {
      const found = spans.filter(({ traceId }) => ids.includes(traceId));
      const resourceSpans = [...new Set(found.map(({ service }) => service))].map((service) => ({
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [{ scope: {}, spans: found.filter((span) => span.service === service).map(otlp) }],
      }));
      return JSON.stringify({ result: { resourceSpans } });
    });
    answer(200, texts.join('\n'));
  });
  server = started;
  await new Promise<void>((resolve) => void started.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}/jaeger/`, asked };
}

/** The same traces under other ids, as those of another study. */
const ofOther = (spans: readonly KeptSpan[]): KeptSpan[] =>
  spans.map((span) => ({
    ...span,
    traceId: `f${span.traceId.slice(1)}`,
    attributes: 'qloom.study' in span.attributes ? { ...span.attributes, 'qloom.study': 'other' } : span.attributes,
  }));

describe('spans from Jaeger', () => {
  it('are those of the traces of one study, however many pages they take', async () => {
    const mine = makeStudySpans(7);
    const { url, asked } = await serveJaeger([...mine, ...ofOther(makeStudySpans(7))]);
    const found = await jaegerSpans(url, { pageTraces: 4, nowMs: () => NOW }).ofStudy('quickstart');
    const ids = (spans: readonly KeptSpan[]): string[] => spans.map(({ spanId }) => spanId).sort();
    expect(ids(found)).toEqual(ids(mine));
    expect(stageTimes(found).map(({ stage, count }) => [stage, count])).toEqual(
      stageTimes(mine).map(({ stage, count }) => [stage, count]),
    );
    expect(asked.filter(({ pathname }) => pathname.endsWith('/traces')).length).toBeGreaterThan(3);
  });

  it('may come as several documents, one a line', async () => {
    const mine = makeStudySpans(4);
    const { url } = await serveJaeger(mine, { documents: 3 });
    expect(await jaegerSpans(url, { nowMs: () => NOW }).ofStudy('quickstart')).toHaveLength(mine.length);
  });

  it('are none of a study without traces, or before the time asked for', async () => {
    const { url } = await serveJaeger(makeStudySpans(2));
    expect(await jaegerSpans(url, { nowMs: () => NOW }).ofStudy('missing')).toEqual([]);
    expect(await jaegerSpans(url, { nowMs: () => NOW, fromMs: NOW - 60_000 }).ofStudy('quickstart')).toEqual([]);
  });

  it('fail with the address and what would be right', async () => {
    const { url } = await serveJaeger([]);
    const wrongPath = jaegerSpans(url.replace('/jaeger', '')).ofStudy('quickstart');
    await expect(wrongPath).rejects.toThrow(CommandError);
    await expect(wrongPath).rejects.toThrow(
      /status 404, and no JSON; right would be the base URL of Jaeger's query API/,
    );
    await expect(jaegerSpans('http://127.0.0.1:1').ofStudy('x')).rejects.toThrow(
      /traces at http:\/\/127\.0\.0\.1:1\/api\/v3\/services: no answer .*look at the URL/,
    );
    expect(() => jaegerSpans('127.0.0.1:16686')).toThrow(UsageError);
  });
});
