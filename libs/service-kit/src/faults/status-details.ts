import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { boundedMessage } from './bounded-message.ts';
import type { FieldViolation } from './field-violations.ts';
import { boundedViolations } from './field-violations.ts';

/** Trailer in which gRPC carries a `google.rpc.Status`; grpcurl and every client library show it. */
const DETAILS = 'grpc-status-details-bin';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
/**
 * Maximum length of a message that comes with details, which repeat it: gRPC's client library for Python raises an error of its own where
 * the two differ in code or message. Unit: bytes of UTF-8.
 */
const MAX_DETAILED_BYTES = 1_600;
/** `field` of the entry with the number of violations that are left out. */
const MORE = '…';

/** The status of a refused request. */
interface DetailedStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/**
 * A status that lists the wrong fields of a request as `google.rpc.BadRequest`, the standard's richer error model
 * (https://grpc.io/docs/guides/error/): Status{code=1, message=2, details=3: Any{type_url=1, value=2}},
 * BadRequest{field_violations=1: {field=1, description=2}}. Of many violations it has the first ones, and an entry with the
 * number of the others; the message is cut to 1,600 bytes. Without violations it has no details.
 */
export function badRequestStatus(code: number, message: string, violations: readonly FieldViolation[]): DetailedStatus {
  const metadata = new Metadata();
  if (violations.length === 0) return { code, details: message, metadata };
  const badRequest = new BinaryWriter();
  const { shown, more } = boundedViolations(violations);
  const rest = more === 0 ? [] : [{ field: MORE, description: `and ${more} more` }];
  for (const { field, description } of [...shown, ...rest]) {
    badRequest.uint32(tag(1)).fork().uint32(tag(1)).string(field).uint32(tag(2)).string(description).join();
  }
  const details = boundedMessage(message, MAX_DETAILED_BYTES);
  const writer = new BinaryWriter();
  writer.uint32(varintTag(1)).int32(code).uint32(tag(2)).string(details);
  writer.uint32(tag(3)).fork().uint32(tag(1)).string(BAD_REQUEST).uint32(tag(2)).bytes(badRequest.finish()).join();
  metadata.set(DETAILS, Buffer.from(writer.finish()));
  return { code, details, metadata };
}

/** The wrong fields that a peer listed with its INVALID_ARGUMENT; empty when there is no readable list. */
export function violationsOf(error: ServiceError): FieldViolation[] {
  const [details] = error.metadata?.get(DETAILS) ?? [];
  if (details === undefined || typeof details === 'string') return [];
  try {
    return violationsIn(details);
  } catch {
    return [];
  }
}

function violationsIn(details: Uint8Array): FieldViolation[] {
  return fields(details)
    .filter(({ number }) => number === 3)
    .map(({ bytes }) => fields(bytes))
    .filter((any) => any.some(({ number, bytes }) => number === 1 && text(bytes) === BAD_REQUEST))
    .flatMap((any) => any.filter(({ number }) => number === 2).flatMap(({ bytes }) => fields(bytes)))
    .map(({ bytes }) => {
      const parts = fields(bytes);
      const part = (wanted: number) => text(parts.find(({ number }) => number === wanted)?.bytes ?? new Uint8Array());
      return { field: part(1), description: part(2) };
    });
}

/** The length-delimited fields of a message. */
function fields(message: Uint8Array): { number: number; bytes: Uint8Array }[] {
  const reader = new BinaryReader(message);
  const found: { number: number; bytes: Uint8Array }[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === 2) found.push({ number, bytes: reader.bytes() });
    else reader.skip(wireType);
  }
  return found;
}

const tag = (field: number): number => (field << 3) | 2;
const varintTag = (field: number): number => field << 3;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
