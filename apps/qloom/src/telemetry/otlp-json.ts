import { type KeptSpan, SPAN_KINDS } from './kept-span.ts';

/** Thrown when a body is no OTLP/JSON export of traces. */
class OtlpFormatError extends Error {
  override readonly name = 'OtlpFormatError';
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
  readonly kvlistValue?: { readonly values?: readonly OtlpAttribute[] };
  readonly bytesValue?: string;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value?: OtlpValue;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: number | string;
  readonly startTimeUnixNano: string | number;
  readonly endTimeUnixNano: string | number;
  readonly attributes?: readonly OtlpAttribute[];
  readonly status?: { readonly code?: number | string; readonly message?: string };
}

interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

/**
 * The spans of an `ExportTraceServiceRequest` in OTLP's JSON encoding (opentelemetry.io/docs/specs/otlp, "JSON Protobuf
 * Encoding": ids in hexadecimal, 64-bit integers as text). Throws {@link OtlpFormatError}.
 */
export function parseOtlpTraces(body: unknown): KeptSpan[] {
  if (body === null || typeof body !== 'object' || !Array.isArray((body as OtlpTraces).resourceSpans)) {
    throw new OtlpFormatError('resourceSpans is missing: this is no export of traces in JSON');
  }
  const kept: KeptSpan[] = [];
  for (const resource of (body as OtlpTraces).resourceSpans ?? []) {
    const service = String(attributesOf(resource.resource?.attributes)['service.name'] ?? 'unknown');
    for (const scope of resource.scopeSpans ?? []) {
      for (const span of scope.spans ?? []) kept.push(toKept(span, service));
    }
  }
  return kept;
}

function toKept(span: OtlpSpan, service: string): KeptSpan {
  const code = numberOf(span.status?.code, STATUS_CODES);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
    name: span.name,
    kind: SPAN_KINDS[numberOf(span.kind, KINDS)] ?? 'unspecified',
    service,
    startMs: nanosToMs(span.startTimeUnixNano),
    endMs: nanosToMs(span.endTimeUnixNano),
    status: code === 2 ? 'error' : code === 1 ? 'ok' : 'unset',
    ...(span.status?.message ? { statusMessage: span.status.message } : {}),
    attributes: attributesOf(span.attributes),
  };
}

/** Names of enumerations, which some stores of traces write in place of numbers. */
const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];
const KINDS = SPAN_KINDS.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`);

function numberOf(value: number | string | undefined, names: readonly string[]): number {
  return typeof value === 'string' ? Math.max(0, names.indexOf(value)) : (value ?? 0);
}

/** Whole milliseconds and the rest apart: a double holds no 19 digits. */
function nanosToMs(nanos: string | number): number {
  const value = BigInt(nanos);
  return Number(value / 1_000_000n) + Number(value % 1_000_000n) / 1e6;
}

function attributesOf(list: readonly OtlpAttribute[] | undefined): Record<string, unknown> {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key, valueFrom(value)]));
}

function valueFrom(value: OtlpValue | undefined): unknown {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueFrom);
  if (value.kvlistValue !== undefined) return attributesOf(value.kvlistValue.values);
  return value.bytesValue ?? null;
}
