import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { binaryKind, type FileKind, textKind } from './file-signatures.ts';

/** The text of a file, and how it was decoded. */
export interface DecodedText {
  readonly text: string;
  /** How the file was read, where that is not the usual way. */
  readonly notes: readonly string[];
}

/** A text of Node has at most 2²⁹ − 24 characters. */
const MAX_BYTES = 500 * 2 ** 20;

/**
 * The text of a delimited file: UTF-8, or UTF-16 with or without a byte order mark. Throws DatasetError, with the kind
 * of file, for other formats, other encodings (with the line) and binary content.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes.length > MAX_BYTES) {
    const size = Math.ceil(bytes.length / 2 ** 20);
    throw new DatasetError(
      'csv',
      `the file has ${size} MiB; at most ${MAX_BYTES / 2 ** 20} MiB are read: give fewer rows`,
    );
  }
  const binary = binaryKind(bytes);
  if (binary !== undefined) throw notDelimited(binary);
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) {
    throw notDelimited({ what: 'text in UTF-32', remedy: 'save it as UTF-8' });
  }
  const wide = utf16(bytes);
  const text = wide === undefined ? decodeUtf8(bytes) : new TextDecoder(wide).decode(bytes);
  const kind = textKind(text);
  if (kind !== undefined) throw notDelimited(kind);
  return { text, notes: wide === undefined ? [] : [`the file is read as ${wide.toUpperCase()}`] };
}

function notDelimited({ what, remedy }: FileKind): DatasetError {
  return new DatasetError('csv', `the file is ${what}; ${remedy}`);
}

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return bytes.length >= head.length && head.every((byte, i) => bytes[i] === byte);
}

/** Which UTF-16 it is: by its byte order mark, or by the zeros that every Latin letter and digit has on one side. */
function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  const head = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]++;
  });
  const mostly = 0.35 * head.length;
  if (zeros[1] > mostly && zeros[0] < 0.1 * head.length) return 'utf-16le';
  if (zeros[0] > mostly && zeros[1] < 0.1 * head.length) return 'utf-16be';
  return undefined;
}

function decodeUtf8(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw new DatasetError('csv', `the file is binary, with a zero at byte ${zero}; give delimited text in UTF-8`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const { line, byte } = firstInvalid(bytes);
    const hex = byte.toString(16).toUpperCase();
    throw new DatasetError(
      'csv',
      `line ${line}: byte 0x${hex} is no UTF-8; the file may be in Latin-1 or Windows-1252, save it as UTF-8`,
      { line },
    );
  }
}

/** Line and value of the first byte that is no UTF-8. */
function firstInvalid(bytes: Uint8Array): { line: number; byte: number } {
  const isValid = (part: Uint8Array) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(part);
      return true;
    } catch {
      return false;
    }
  };
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isValid(part)) {
      let valid = 0;
      // A sequence has at most four bytes: what is valid up to here stays so with the next whole character.
      for (let length = 1; length <= part.length; length++) if (isValid(part.subarray(0, length))) valid = length;
      return { line, byte: part[valid] };
    }
    if (end < 0) return { line, byte: bytes[0] };
    start = end + 1;
    line++;
  }
}
