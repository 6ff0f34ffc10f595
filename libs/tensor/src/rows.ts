import { formatShape } from './shape.ts';
import { TensorError } from './tensor-error.ts';
import { checkByteLength, type WireTensor } from './wire-tensor.ts';

/** The most tensor bytes in one message. */
export const MAX_CHUNK_BYTES = 1024 * 1024;

/** Limits of what {@link concatRows} accepts. */
export interface ConcatOptions {
  /** Path of the tensor, for messages. */
  readonly field?: string;
  /** Most rows in all. Default: no limit. */
  readonly maxRows?: number;
}

/**
 * Pieces put together along the first axis, in their order. A single piece is returned as it is. Throws TensorError
 * when there is none, when dtype or row shape changes, or when bytes do not match a shape.
 */
export function concatRows(
  pieces: readonly WireTensor[],
  { field = '', maxRows = Infinity }: ConcatOptions = {},
): WireTensor {
  const [first] = pieces;
  if (first === undefined) throw new TensorError(field, 'no piece of the tensor came; right would be at least one');
  if (first.shape.length === 0) {
    if (pieces.length > 1) throw new TensorError(field, `${pieces.length} pieces of a scalar; right would be one`);
    checkByteLength(first, field);
    return first;
  }
  const rest = first.shape.slice(1);
  let rows = 0;
  let length = 0;
  for (const [index, piece] of pieces.entries()) {
    checkByteLength(piece, field);
    if (
      piece.dtype !== first.dtype ||
      formatShape(piece.shape.slice(1)) !== formatShape(rest) ||
      piece.shape.length === 0
    ) {
      const right = `${first.dtype} of shape ${formatShape([null, ...rest])}`;
      throw new TensorError(
        field,
        `piece ${index} is ${piece.dtype} of shape ${formatShape(piece.shape)}; right would be ${right}, as piece 0`,
      );
    }
    rows += piece.shape[0];
    length += piece.bytes.byteLength;
    if (rows > maxRows) throw new TensorError(field, `more than ${maxRows} rows; right would be at most ${maxRows}`);
  }
  if (pieces.length === 1) return first;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece.bytes, offset);
    offset += piece.bytes.byteLength;
  }
  return { dtype: first.dtype, shape: [rows, ...rest], bytes };
}
