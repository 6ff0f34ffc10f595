import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeOtlp } from './otlp-protobuf.ts';
import { createSignalBoard } from './signal-board.ts';

/** One span as it was received. */
export interface CollectedSpan {
  readonly service: string;
  /** Attributes of the resource, `service.name` among them. */
  readonly resource: Readonly<Record<string, string | number | boolean>>;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Ids of the spans that it links to. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly startMs: number;
  readonly endMs: number;
}

/** One series of a gauge or of a sum as it was received last. */
interface CollectedNumber {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly monotonic: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly value: number;
}

/** One log record as it was received. */
interface CollectedLog {
  readonly service: string;
  readonly timeMs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  /** Empty outside spans. */
  readonly traceId: string;
  readonly spanId: string;
  /** Nested as the log line is. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** One histogram series as it was received last. */
interface CollectedHistogram {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly exponential: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly count: number;
  readonly sum: number;
}

/** One export as it was received. */
interface CollectedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As sent, compressed or not. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An OTLP/HTTP collector that keeps what it receives. */
export interface OtlpCollector {
  /** Base URL: what OTEL_EXPORTER_OTLP_ENDPOINT takes. */
  readonly endpoint: string;
  readonly spans: readonly CollectedSpan[];
  readonly histograms: readonly CollectedHistogram[];
  readonly numbers: readonly CollectedNumber[];
  readonly logs: readonly CollectedLog[];
  readonly requests: readonly CollectedRequest[];
  /** The first span, past or future, of that name (and service). */
  span(name: string, service?: string): Promise<CollectedSpan>;
  /** The first histogram series, past or future, that `wanted` accepts. */
  histogram(wanted: (histogram: CollectedHistogram) => boolean): Promise<CollectedHistogram>;
  /** The first series of a gauge or sum, past or future, that `wanted` accepts. */
  number(wanted: (series: CollectedNumber) => boolean): Promise<CollectedNumber>;
  /** The first log record, past or future, that `wanted` accepts. */
  log(wanted: (record: CollectedLog) => boolean): Promise<CollectedLog>;
  stop(): Promise<void>;
}

/** Starts a collector on a free port of the loopback interface. It takes OTLP as JSON or protobuf, gzipped or not. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans = createSignalBoard<CollectedSpan>();
  const histograms = createSignalBoard<CollectedHistogram>();
  const numbers = createSignalBoard<CollectedNumber>();
  const records = createSignalBoard<CollectedLog>();
  const requests: CollectedRequest[] = [];
  const server = createServer((request, response) => {
    readBytes(request)
      .then((sent) => {
        requests.push({ path: request.url ?? '', headers: request.headers, body: sent });
        return readBody(request, sent);
      })
      .then(
        (body) => {
          if (request.url?.endsWith('/v1/traces')) for (const span of spansOf(body)) spans.post(span);
          else if (request.url?.endsWith('/v1/logs')) for (const record of logsOf(body)) records.post(record);
          else if (request.url?.endsWith('/v1/metrics')) {
            for (const series of histogramsOf(body)) histograms.post(series);
            for (const series of numbersOf(body)) numbers.post(series);
          }
          response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        },
        (error) => response.writeHead(400).end(String(error)),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: spans.all,
    histograms: histograms.all,
    numbers: numbers.all,
    logs: records.all,
    requests,
    span: (name, service) => spans.find((s) => s.name === name && (service === undefined || s.service === service)),
    histogram: (wanted) => histograms.find(wanted),
    number: (wanted) => numbers.find(wanted),
    log: (wanted) => records.find(wanted),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A span, by its name or by name and service: `fit` or `generator/fit`. */
export type SpanLabel = string;

/**
 * Throws, listing the edges that exist, unless some span `child` has a parent `parent`. Labels are names (`fit`), or
 * service and name (`generator:fit`).
 */
export function assertEdge(spans: readonly CollectedSpan[], parent: SpanLabel, child: SpanLabel): void {
  const byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]));
  const parentOf = (span: CollectedSpan) => byId.get(`${span.traceId}/${span.parentSpanId}`);
  const labels = (span: CollectedSpan | undefined) => (span ? [span.name, `${span.service}:${span.name}`] : []);
  if (spans.some((span) => labels(span).includes(child) && labels(parentOf(span)).includes(parent))) return;
  const edges = spans.map((span) => `  ${labels(parentOf(span))[1] ?? '(root)'} → ${labels(span)[1]}`);
  throw new Error(`no span ${child} has a parent ${parent}; the edges are:\n${[...new Set(edges)].sort().join('\n')}`);
}

interface OtlpValue {
  stringValue?: string;
  intValue?: string | number;
  doubleValue?: number;
  boolValue?: boolean;
  kvlistValue?: { values?: OtlpAttributes };
  arrayValue?: { values?: OtlpValue[] };
}
type OtlpAttributes = { key: string; value: OtlpValue }[] | undefined;
interface OtlpResource {
  resource?: { attributes?: OtlpAttributes };
}
interface OtlpPoint {
  attributes?: OtlpAttributes;
  count?: string | number;
  sum?: number;
  asDouble?: number;
  asInt?: string | number;
}
interface OtlpLog {
  timeUnixNano: string;
  severityNumber?: number;
  severityText?: string;
  body?: OtlpValue;
  attributes?: OtlpAttributes;
  traceId?: string;
  spanId?: string;
}
interface OtlpBody {
  resourceSpans?: (OtlpResource & { scopeSpans?: { spans?: OtlpSpan[] }[] })[];
  resourceMetrics?: (OtlpResource & { scopeMetrics?: { metrics?: OtlpMetric[] }[] })[];
  resourceLogs?: (OtlpResource & { scopeLogs?: { logRecords?: OtlpLog[] }[] })[];
}
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: OtlpAttributes;
  status?: { code?: number };
  links?: { traceId: string; spanId: string }[];
}
interface OtlpMetric {
  name: string;
  unit?: string;
  histogram?: { dataPoints?: OtlpPoint[] };
  exponentialHistogram?: { dataPoints?: OtlpPoint[] };
  gauge?: { dataPoints?: OtlpPoint[] };
  sum?: { dataPoints?: OtlpPoint[]; isMonotonic?: boolean };
}

function* spansOf(body: OtlpBody): Generator<CollectedSpan> {
  for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
    const attributes = flat(resource?.attributes);
    const service = String(attributes['service.name'] ?? '');
    for (const span of (scopeSpans ?? []).flatMap((scope) => scope.spans ?? [])) {
      yield {
        service,
        resource: attributes,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind ?? 0,
        status: span.status?.code ?? 0,
        attributes: flat(span.attributes),
        links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
        startMs: Number(span.startTimeUnixNano) / 1e6,
        endMs: Number(span.endTimeUnixNano) / 1e6,
      };
    }
  }
}

function* histogramsOf(body: OtlpBody): Generator<CollectedHistogram> {
  for (const { resource, scopeMetrics } of body.resourceMetrics ?? []) {
    const service = String(flat(resource?.attributes)['service.name'] ?? '');
    for (const metric of (scopeMetrics ?? []).flatMap((scope) => scope.metrics ?? [])) {
      for (const point of (metric.exponentialHistogram ?? metric.histogram)?.dataPoints ?? []) {
        yield {
          service,
          name: metric.name,
          unit: metric.unit ?? '',
          exponential: metric.exponentialHistogram !== undefined,
          attributes: flat(point.attributes),
          count: Number(point.count ?? 0),
          sum: point.sum ?? 0,
        };
      }
    }
  }
}

function* numbersOf(body: OtlpBody): Generator<CollectedNumber> {
  for (const { resource, scopeMetrics } of body.resourceMetrics ?? []) {
    const service = String(flat(resource?.attributes)['service.name'] ?? '');
    for (const metric of (scopeMetrics ?? []).flatMap((scope) => scope.metrics ?? [])) {
      for (const point of (metric.gauge ?? metric.sum)?.dataPoints ?? []) {
        yield {
          service,
          name: metric.name,
          unit: metric.unit ?? '',
          monotonic: metric.sum?.isMonotonic ?? false,
          attributes: flat(point.attributes),
          value: point.asDouble ?? Number(point.asInt ?? 0),
        };
      }
    }
  }
}

function* logsOf(body: OtlpBody): Generator<CollectedLog> {
  for (const { resource, scopeLogs } of body.resourceLogs ?? []) {
    const service = String(flat(resource?.attributes)['service.name'] ?? '');
    for (const record of (scopeLogs ?? []).flatMap((scope) => scope.logRecords ?? [])) {
      yield {
        service,
        timeMs: Number(record.timeUnixNano) / 1e6,
        severityNumber: record.severityNumber ?? 0,
        severityText: record.severityText ?? '',
        body: record.body?.stringValue ?? '',
        traceId: record.traceId ?? '',
        spanId: record.spanId ?? '',
        attributes: nested(record.attributes),
      };
    }
  }
}

function nested(attributes: OtlpAttributes): Record<string, unknown> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }) => [key, plain(value)]));
}

function plain(value: OtlpValue): unknown {
  if (value.kvlistValue !== undefined) return nested(value.kvlistValue.values);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  return (
    value.stringValue ?? value.boolValue ?? (value.intValue === undefined ? value.doubleValue : Number(value.intValue))
  );
}

function flat(attributes: OtlpAttributes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    (attributes ?? []).map(({ key, value }) => [
      key,
      value.stringValue ??
        value.boolValue ??
        (value.intValue !== undefined ? Number(value.intValue) : (value.doubleValue ?? '')),
    ]),
  );
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function readBody(request: IncomingMessage, sent: Uint8Array): OtlpBody {
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : Buffer.from(sent);
  if (request.headers['content-type'] !== 'application/x-protobuf')
    return JSON.parse(body.toString('utf8')) as OtlpBody;
  return decodeOtlp(request.url ?? '', body) as OtlpBody;
}
