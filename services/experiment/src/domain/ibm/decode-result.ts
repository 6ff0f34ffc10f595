import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { REGISTER } from './isa-circuit.ts';

/** Thrown for a result that is not encoded as the service encodes it. */
export class ResultFormatError extends Error {
  override readonly name = 'ResultFormatError';
}

/** Shots that are counted before the event loop gets a turn: some milliseconds. */
const SHOTS_PER_TURN = 200_000;

/**
 * Counts of each row of each PUB, in order, from the JSON value of a job's results: a PrimitiveResult with a BitArray in each PUB's
 * DataBin, in which the last byte of a shot holds bits 0 to 7. Throws ResultFormatError.
 */
export async function decodeResult(value: unknown): Promise<Map<number, number>[]> {
  const { pub_results: pubs } = typed(value, 'PrimitiveResult');
  if (!Array.isArray(pubs)) throw new ResultFormatError('the result has no PUBs');
  const rows: Map<number, number>[] = [];
  for (const pub of pubs) {
    const { data } = typed(pub, 'SamplerPubResult', 'PubResult');
    const { fields } = typed(data, 'DataBin');
    const { array } = typed((fields as Record<string, unknown> | undefined)?.[REGISTER], 'BitArray');
    for await (const row of countRows(await readBytes(array))) rows.push(row);
  }
  return rows;
}

function typed(value: unknown, ...types: string[]): Readonly<Record<string, unknown>> {
  const { __type__: type, __value__: content } = (value ?? {}) as Record<string, unknown>;
  if (typeof type === 'string' && types.includes(type) && typeof content === 'object' && content !== null) {
    return content as Record<string, unknown>;
  }
  throw new ResultFormatError(`a result of the type ${type}; ${types.join(' or ')} is right`);
}

async function* countRows({ shape, bytes }: Bits): AsyncGenerator<Map<number, number>> {
  const [shots, width] = shape.slice(-2);
  const rows = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  let untilTurn = SHOTS_PER_TURN;
  for (let row = 0; row < rows; row++) {
    const counts = new Map<number, number>();
    for (let shot = 0; shot < shots; shot++) {
      let outcome = 0;
      // Multiplication, since outcomes may have more than 31 bits.
      for (let i = 0; i < width; i++) outcome = 256 * outcome + bytes[(row * shots + shot) * width + i];
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (--untilTurn > 0) continue;
      untilTurn = SHOTS_PER_TURN;
      await nextTurn();
    }
    yield counts;
  }
}

/** Bits of all shots, row-major. */
interface Bits {
  /** [..., shots, bytes of a shot]. */
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Reads a file of `numpy.save`, compressed by zlib, in base64: row-major bytes. */
async function readBytes(array: unknown): Promise<Bits> {
  const { __type__: type, __value__: content } = (array ?? {}) as Record<string, unknown>;
  if (type !== 'ndarray' || typeof content !== 'string') throw new ResultFormatError('bits that are no array of NumPy');
  const file = await promisify(inflate)(Buffer.from(content, 'base64'));
  const isLong = file[6] > 1;
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.subarray(start, end).toString('latin1');
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number);
  const bytes = file.subarray(end);
  const size = shape.reduce((product, length) => product * length, 1);
  const isRowMajor = /'fortran_order':\s*False/.test(header);
  if (!header.includes("'|u1'") || !isRowMajor || shape.length < 2 || bytes.length !== size) {
    throw new ResultFormatError(
      `bits in an array with the header ${header.trim()}; row-major bytes [..., shots, width] are right`,
    );
  }
  return { shape, bytes };
}
