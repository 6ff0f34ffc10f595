import { type ArrayOf, type Dtype, dtypeOf, ITEM_SIZE, type TensorArray, viewAs } from './dtype.ts';
import { elementCount, formatShape, matchesShape, type Shape, type ShapePattern } from './shape.ts';
import { TensorError } from './tensor-error.ts';

/** A dense tensor on the wire: little-endian, row-major, no padding. */
export interface WireTensor {
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** `elementCount(shape) × ITEM_SIZE[dtype]` bytes, at any offset of their buffer. */
  readonly bytes: Uint8Array;
}

/** Requirements on a received tensor. */
export interface TensorExpectation<D extends Dtype> {
  readonly dtype: D;
  /** Default: any shape. */
  readonly shape?: ShapePattern;
  /** Whether NaN and infinities are refused. Default false. */
  readonly finite?: boolean;
  /** Path of the tensor, for messages: `training.x`. */
  readonly field?: string;
}

/**
 * A tensor that shares the memory of `array`: nothing is copied, so neither may be changed before the bytes are sent.
 * Throws TensorError when the number of elements does not match `shape`.
 */
export function toWire(array: TensorArray, shape: Shape = [array.length]): WireTensor {
  assertLittleEndian();
  const count = elementCount(shape);
  if (count !== array.length) {
    throw new TensorError(
      '',
      `an array of ${array.length} elements does not fill shape ${formatShape(shape)}, which has ${count}`,
    );
  }
  return {
    dtype: dtypeOf(array),
    shape,
    bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
  };
}

/**
 * The elements of a received tensor as a typed array. Aligned bytes are shared, unaligned ones copied once (decoders
 * return views at any offset, where a typed array cannot begin). Throws TensorError when dtype, shape, byte length or,
 * with `finite`, a value is wrong.
 *
 * @example const x = fromWire(tensor, { dtype: 'float32', shape: [null, 4], finite: true, field: 'training.x' });
 */
export function fromWire<D extends Dtype>(tensor: WireTensor, expected: TensorExpectation<D>): ArrayOf[D] {
  assertLittleEndian();
  const { field = '', dtype } = expected;
  if (tensor.dtype !== dtype) throw new TensorError(field, `dtype is ${tensor.dtype}; right would be ${dtype}`);
  if (expected.shape !== undefined && !matchesShape(tensor.shape, expected.shape)) {
    const right = formatShape(expected.shape);
    throw new TensorError(field, `shape is ${formatShape(tensor.shape)}; right would be ${right}`);
  }
  const count = checkByteLength(tensor, field);
  const { buffer, byteOffset } = tensor.bytes;
  const array =
    byteOffset % ITEM_SIZE[dtype] === 0
      ? viewAs(dtype, buffer, byteOffset, count)
      : alignedCopy(tensor.bytes, dtype, count);
  if (expected.finite) assertFinite(array, tensor.shape, field);
  return array;
}

/** An aligned copy: Node's pool aligns to eight bytes and allocates many times faster than an ArrayBuffer. */
function alignedCopy<D extends Dtype>(bytes: Uint8Array, dtype: D, count: number): ArrayOf[D] {
  const copy = Buffer.allocUnsafe(bytes.byteLength);
  copy.set(bytes);
  return viewAs(dtype, copy.buffer, copy.byteOffset, count);
}

/** The number of elements. Throws TensorError when the bytes are too few or too many for them. */
export function checkByteLength(tensor: WireTensor, field = ''): number {
  const count = elementCount(tensor.shape, field);
  const right = count * ITEM_SIZE[tensor.dtype];
  if (tensor.bytes.byteLength !== right) {
    throw new TensorError(
      field,
      `${tensor.bytes.byteLength} bytes for ${tensor.dtype} of shape ${formatShape(tensor.shape)}; right would be ${right}`,
    );
  }
  return count;
}

/** Throws TensorError, with the position, at the first NaN or infinity. */
function assertFinite(array: TensorArray, shape: Shape, field = ''): void {
  // NaN and infinities times 0 are NaN and stay in the sum: one pass without a branch for each element.
  let sum = 0;
  for (let i = 0; i < array.length; i++) sum += array[i] * 0;
  if (sum === 0) return;
  for (let i = 0; i < array.length; i++) {
    if (Number.isFinite(array[i])) continue;
    throw new TensorError(
      field,
      `element ${formatShape(position(i, shape))} is ${array[i]}; right would be a finite number`,
    );
  }
}

/** Index along each axis of the element at `flat`. */
function position(flat: number, shape: Shape): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(flat % shape[axis]);
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}

/**
 * Throws on a big-endian machine: the wire is little-endian, arrays are sent as they are in memory, and no machine that
 * runs Node today needs the swap. `probe` is 16-bit 1 in memory order.
 */
export function assertLittleEndian(probe: Uint8Array = HOST_PROBE): void {
  if (probe[0] !== 1) throw new Error('this machine is big-endian; Qloom runs on little-endian machines only');
}

const HOST_PROBE = new Uint8Array(Uint16Array.of(1).buffer);
