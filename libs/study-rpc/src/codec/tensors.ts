import { type BytesChunk, type Tensor, Dtype as WireDtype } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { splitBytes } from '@qloom/tensor/byte-chunks.ts';
import type { ArrayOf, Dtype, TensorArray } from '@qloom/tensor/dtype.ts';
import type { Shape } from '@qloom/tensor/shape.ts';
import { fromWire, type TensorExpectation, toWire, type WireTensor } from '@qloom/tensor/wire-tensor.ts';

/** The message for an array. Shares its memory: change it only after the message was sent. */
export function encodeTensor(array: TensorArray, shape?: Shape): Tensor {
  return toMessage(toWire(array, shape));
}

/**
 * The array of a message, checked; see `fromWire`. Throws an error that maps to INVALID_ARGUMENT if the message is
 * absent or wrong; `expected.field` is its name in the error.
 *
 * @example const x = decodeTensor(step.x, { dtype: 'float32', shape: [null, features], finite: true, field: 'step.x' });
 */
export function decodeTensor<D extends Dtype>(message: Tensor | undefined, expected: TensorExpectation<D>): ArrayOf[D] {
  return fromWire(wireTensor(message, expected.field ?? ''), expected);
}

/** The message as a wire tensor; only its dtype has been checked. */
export function wireTensor(message: Tensor | undefined, field: string): WireTensor {
  if (message === undefined) throw new ValidationError([{ field, description: 'not set; right would be a tensor' }]);
  const dtype = DTYPE_NAME.get(message.dtype);
  if (dtype === undefined) {
    const description = `dtype ${message.dtype} is none; right would be one of ${[...DTYPE_NAME.values()].join(', ')}`;
    throw new ValidationError([{ field, description }]);
  }
  return { dtype, shape: message.shape, bytes: message.data };
}

/** Messages of at most 1 MiB for an opaque sequence of bytes. `createByteAssembler` is the inverse. */
export function* encodeBytes(bytes: Uint8Array): Generator<BytesChunk> {
  for (const chunk of splitBytes(bytes)) yield { ...chunk, data: asBuffer(chunk.data) };
}

function toMessage({ dtype, shape, bytes }: WireTensor): Tensor {
  return { dtype: DTYPE_NUMBER[dtype], shape: [...shape], data: asBuffer(bytes) };
}

/** The same memory as a Buffer. (`Buffer.from(bytes)` would copy.) */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const DTYPE_NUMBER: Readonly<Record<Dtype, WireDtype>> = {
  float32: WireDtype.FLOAT32,
  float64: WireDtype.FLOAT64,
  int32: WireDtype.INT32,
  uint8: WireDtype.UINT8,
};
const DTYPE_NAME = new Map(Object.entries(DTYPE_NUMBER).map(([name, number]) => [number, name as Dtype]));
