import { createHash } from 'node:crypto';
import { CheckpointError } from './errors.ts';

/**
 * Serialization of a checkpoint: a JSON header, float32 arrays and opaque blobs, by name.
 *
 *     offset 0   "QLOOMGEN"                      8 bytes
 *            8   format version, uint32 LE       4
 *           12   length of the header, uint32 LE 4
 *           16   SHA-256 of all that follows     32
 *           48   header: UTF-8 JSON {"content", "arrays": [[name, numbers]…], "blobs": [[name, bytes]…]}
 *                arrays: float32 LE, one after the other in the header's order; then the blobs
 */
export interface Container {
  /** Any JSON value. */
  readonly content: unknown;
  readonly arrays: Readonly<Record<string, Float32Array>>;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

const MAGIC = 'QLOOMGEN';
const FORMAT_VERSION = 1;
const HASH_AT = 16;
const HEADER_AT = 48;

interface Header {
  readonly content: unknown;
  readonly arrays: readonly (readonly [string, number])[];
  readonly blobs: readonly (readonly [string, number])[];
}

/** Packs a container. The same content gives the same bytes. */
export function packContainer({ content, arrays, blobs }: Container): Uint8Array {
  const header: Header = {
    content,
    arrays: Object.entries(arrays).map(([name, values]) => [name, values.length] as const),
    blobs: Object.entries(blobs).map(([name, bytes]) => [name, bytes.byteLength] as const),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const payload =
    header.arrays.reduce((sum, [, n]) => sum + 4 * n, 0) + header.blobs.reduce((sum, [, n]) => sum + n, 0);
  const bytes = new Uint8Array(HEADER_AT + text.length + payload);
  const view = new DataView(bytes.buffer);
  new TextEncoder().encodeInto(MAGIC, bytes);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, text.length, true);
  bytes.set(text, HEADER_AT);
  let at = HEADER_AT + text.length;
  for (const values of Object.values(arrays)) {
    for (let i = 0; i < values.length; i++, at += 4) view.setFloat32(at, values[i], true);
  }
  for (const blob of Object.values(blobs)) {
    bytes.set(blob, at);
    at += blob.byteLength;
  }
  bytes.set(digest(bytes), HASH_AT);
  return bytes;
}

/**
 * Unpacks what {@link packContainer} packed; arrays and blobs are copies.
 *
 * @throws CheckpointError if the bytes are not a checkpoint, are truncated or damaged, or have another format version.
 */
export function unpackContainer(bytes: Uint8Array): Container {
  if (bytes.length < HEADER_AT || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) {
    throw new CheckpointError(`checkpoint: ${bytes.length} bytes that do not begin with ${MAGIC}: not a checkpoint`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) {
    throw new CheckpointError(`checkpoint: format version ${version}; this generator reads version ${FORMAT_VERSION}`);
  }
  if (!digest(bytes).equals(bytes.subarray(HASH_AT, HEADER_AT))) {
    throw new CheckpointError('checkpoint: SHA-256 does not match its content: damaged or cut short');
  }
  const headerEnd = HEADER_AT + view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_AT, headerEnd))) as Header;
  const arrays: Record<string, Float32Array> = {};
  const blobs: Record<string, Uint8Array> = {};
  let at = headerEnd;
  for (const [name, count] of header.arrays) {
    const values = (arrays[name] = new Float32Array(count));
    for (let i = 0; i < count; i++, at += 4) values[i] = view.getFloat32(at, true);
  }
  for (const [name, count] of header.blobs) {
    blobs[name] = new Uint8Array(bytes.subarray(at, at + count));
    at += count;
  }
  return { content: header.content, arrays, blobs };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes.subarray(0, HASH_AT)).update(bytes.subarray(HEADER_AT)).digest();
}
