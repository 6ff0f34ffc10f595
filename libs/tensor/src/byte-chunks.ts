import { createHash } from 'node:crypto';
import { quoted } from './quoted.ts';
import { MAX_CHUNK_BYTES } from './rows.ts';
import { ChunkError } from './tensor-error.ts';

/** Maximum length of a sequence: within uint32 and the size of a Node buffer. */
const MAX_SEQUENCE_BYTES = 2 ** 31;

/** A piece of an opaque byte sequence (a checkpoint, a model, an artifact). */
export interface ByteChunk {
  readonly data: Uint8Array;
  /** Position of the first byte of `data`. */
  readonly offset: number;
  /** Length of the whole sequence. */
  readonly total: number;
  /** SHA-256 of the whole sequence, lower-case hex. */
  readonly sha256: string;
}

/** SHA-256 in lower-case hex. */
function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The sequence in pieces that share its memory; one empty piece for an empty sequence. Throws ChunkError above 2 GiB. */
export function* splitBytes(bytes: Uint8Array, maxBytes = MAX_CHUNK_BYTES): Generator<ByteChunk> {
  const total = bytes.byteLength;
  if (total > MAX_SEQUENCE_BYTES) {
    throw new ChunkError('invalid', `${total} bytes; right would be at most ${MAX_SEQUENCE_BYTES}`);
  }
  const sha256 = sha256Hex(bytes);
  for (let offset = 0; offset === 0 || offset < total; offset += maxBytes) {
    yield { data: bytes.subarray(offset, offset + maxBytes), offset, total, sha256 };
  }
}

/** Assembles the pieces of one sequence as they arrive. */
export interface ByteAssembler {
  /**
   * Takes the next piece. Throws ChunkError when it is out of order, contradicts the pieces before it, runs over the
   * end, or completes a sequence that has another hash (`data-loss`).
   */
  add(chunk: ByteChunk): void;
  /** Whether every piece has come. */
  readonly complete: boolean;
  /** Whether any piece has come. */
  readonly started: boolean;
  /** The sequence. Throws ChunkError (`data-loss`) when pieces are missing. */
  bytes(): Uint8Array;
}

/** Creates an assembler. `name` names the sequence in messages; `maxBytes` limits its length. */
export function createByteAssembler(name: string, maxBytes = MAX_SEQUENCE_BYTES): ByteAssembler {
  let whole: Uint8Array | undefined;
  let sha256 = '';
  let received = 0;
  let complete = false;

  const start = (chunk: ByteChunk): Uint8Array => {
    if (chunk.total > maxBytes) {
      throw new ChunkError('invalid', `${name}: ${chunk.total} bytes in all; right would be at most ${maxBytes}`);
    }
    if (!/^[0-9a-f]{64}$/.test(chunk.sha256)) {
      throw new ChunkError('invalid', `${name}: sha256 ${quoted(chunk.sha256)} is not 64 lower-case hex digits`);
    }
    sha256 = chunk.sha256;
    return new Uint8Array(chunk.total);
  };

  return {
    add(chunk) {
      whole ??= start(chunk);
      if (complete) throw new ChunkError('invalid', `${name}: a piece came after the last one`);
      if (chunk.total !== whole.byteLength || chunk.sha256 !== sha256) {
        throw new ChunkError(
          'invalid',
          `${name}: the piece at ${chunk.offset} is of another sequence than the one before`,
        );
      }
      if (chunk.offset !== received) {
        throw new ChunkError('invalid', `${name}: a piece at offset ${chunk.offset}; right would be ${received}`);
      }
      const end = received + chunk.data.byteLength;
      if (end > whole.byteLength) {
        throw new ChunkError(
          'invalid',
          `${name}: pieces reach byte ${end}; right would be at most ${whole.byteLength}`,
        );
      }
      if (chunk.data.byteLength === 0 && whole.byteLength > 0) {
        throw new ChunkError('invalid', `${name}: the piece at ${chunk.offset} is empty`);
      }
      whole.set(chunk.data, received);
      received = end;
      if (received < whole.byteLength) return;
      const actual = sha256Hex(whole);
      if (actual !== sha256)
        throw new ChunkError('data-loss', `${name}: sha256 is ${actual}; right would be ${sha256}`);
      complete = true;
    },
    get complete() {
      return complete;
    },
    get started() {
      return whole !== undefined;
    },
    bytes() {
      if (whole === undefined) throw new ChunkError('data-loss', `${name}: no piece came`);
      if (!complete) throw new ChunkError('data-loss', `${name}: ${received} of ${whole.byteLength} bytes came`);
      return whole;
    },
  };
}
