import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** The shape of OTLP's JSON, as far as a collector in tests reads it. */
type Json = Record<string, unknown>;

/** A field of a message: its name in JSON, and how its bytes are read. */
interface Field {
  readonly name: string;
  readonly read: (reader: BinaryReader) => unknown;
  readonly repeated?: true;
}

type Message = Readonly<Record<number, Field>>;

const text = (name: string): Field => ({ name, read: (reader) => reader.string() });
const hex = (name: string): Field => ({ name, read: (reader) => Buffer.from(reader.bytes()).toString('hex') });
const int = (name: string): Field => ({ name, read: (reader) => Number(reader.int64()) });
const fixed = (name: string): Field => ({ name, read: (reader) => String(reader.fixed64()) });
const double = (name: string): Field => ({ name, read: (reader) => reader.double() });
const bool = (name: string): Field => ({ name, read: (reader) => reader.bool() });
const one = (name: string, message: Message): Field => ({ name, read: (reader) => decode(reader.bytes(), message) });
const many = (name: string, message: Message): Field => ({ ...one(name, message), repeated: true });

// Field numbers: https://github.com/open-telemetry/opentelemetry-proto, v1.
const ANY: Record<number, Field> = {
  1: text('stringValue'),
  2: bool('boolValue'),
  3: int('intValue'),
  4: double('doubleValue'),
};
const ATTRIBUTE: Message = { 1: text('key'), 2: one('value', ANY) };
// Values may hold values.
ANY[5] = one('arrayValue', { 1: many('values', ANY) });
ANY[6] = one('kvlistValue', { 1: many('values', ATTRIBUTE) });
const RESOURCE: Message = { 1: many('attributes', ATTRIBUTE) };
const SPAN: Message = {
  1: hex('traceId'),
  2: hex('spanId'),
  4: hex('parentSpanId'),
  5: text('name'),
  6: int('kind'),
  7: fixed('startTimeUnixNano'),
  8: fixed('endTimeUnixNano'),
  9: many('attributes', ATTRIBUTE),
  13: many('links', { 1: hex('traceId'), 2: hex('spanId') }),
  15: one('status', { 2: text('message'), 3: int('code') }),
};
const HISTOGRAM_POINT: Message = { 4: fixed('count'), 5: double('sum'), 9: many('attributes', ATTRIBUTE) };
const EXPONENTIAL_POINT: Message = { 1: many('attributes', ATTRIBUTE), 4: fixed('count'), 5: double('sum') };
const NUMBER_POINT: Message = { 4: double('asDouble'), 6: fixed('asInt'), 7: many('attributes', ATTRIBUTE) };
const LOG: Message = {
  1: fixed('timeUnixNano'),
  2: int('severityNumber'),
  3: text('severityText'),
  5: one('body', ANY),
  6: many('attributes', ATTRIBUTE),
  9: hex('traceId'),
  10: hex('spanId'),
};
const METRIC: Message = {
  1: text('name'),
  3: text('unit'),
  5: one('gauge', { 1: many('dataPoints', NUMBER_POINT) }),
  7: one('sum', { 1: many('dataPoints', NUMBER_POINT), 3: bool('isMonotonic') }),
  9: one('histogram', { 1: many('dataPoints', HISTOGRAM_POINT) }),
  10: one('exponentialHistogram', { 1: many('dataPoints', EXPONENTIAL_POINT) }),
};
const TRACES: Message = {
  1: many('resourceSpans', { 1: one('resource', RESOURCE), 2: many('scopeSpans', { 2: many('spans', SPAN) }) }),
};
const METRICS: Message = {
  1: many('resourceMetrics', { 1: one('resource', RESOURCE), 2: many('scopeMetrics', { 2: many('metrics', METRIC) }) }),
};

const LOGS: Message = {
  1: many('resourceLogs', { 1: one('resource', RESOURCE), 2: many('scopeLogs', { 2: many('logRecords', LOG) }) }),
};

/**
 * An export request in OTLP's protobuf encoding, as its JSON encoding would have it; fields that no test reads are left out. `path`
 * is the request's: its end names the signal.
 */
export function decodeOtlp(path: string, bytes: Uint8Array): Json {
  return decode(bytes, path.endsWith('/v1/logs') ? LOGS : path.endsWith('/v1/metrics') ? METRICS : TRACES);
}

function decode(bytes: Uint8Array, message: Message): Json {
  const reader = new BinaryReader(bytes);
  const json: Json = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = message[number];
    if (field === undefined || wireType === WireType.StartGroup) {
      reader.skip(wireType, number);
    } else if (field.repeated) {
      json[field.name] = [...((json[field.name] as unknown[] | undefined) ?? []), field.read(reader)];
    } else {
      json[field.name] = field.read(reader);
    }
  }
  return json;
}
