import { ITEM_SIZE } from '../dtype.ts';
import { MAX_CHUNK_BYTES } from '../rows.ts';
import { elementCount, formatShape } from '../shape.ts';
import { TensorError } from '../tensor-error.ts';
import { checkByteLength, type WireTensor } from '../wire-tensor.ts';

/**
 * The tensor in pieces of at most `maxBytes`, split along the first axis; each shares its memory. One piece where it
 * fits, and for a tensor without rows. Throws TensorError for a scalar or a single row above `maxBytes`.
 */
export function* splitRows(tensor: WireTensor, maxBytes = MAX_CHUNK_BYTES): Generator<WireTensor> {
  checkByteLength(tensor);
  if (tensor.bytes.byteLength <= maxBytes) {
    yield tensor;
    return;
  }
  const [rows, ...rest] = tensor.shape;
  const rowBytes = elementCount(rest) * ITEM_SIZE[tensor.dtype];
  const rowsAPiece = tensor.shape.length === 0 ? 0 : Math.floor(maxBytes / rowBytes);
  if (rowsAPiece === 0) {
    throw new TensorError(
      '',
      `a row of shape ${formatShape(rest)} has ${rowBytes} bytes; right would be at most ${maxBytes}`,
    );
  }
  for (let row = 0; row < rows; row += rowsAPiece) {
    const count = Math.min(rowsAPiece, rows - row);
    const bytes = tensor.bytes.subarray(row * rowBytes, (row + count) * rowBytes);
    yield { dtype: tensor.dtype, shape: [count, ...rest], bytes };
  }
}
