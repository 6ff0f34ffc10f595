import { TensorError } from './tensor-error.ts';

/** Element types on the wire. */
const DTYPES = ['float32', 'float64', 'int32', 'uint8'] as const;
export type Dtype = (typeof DTYPES)[number];

/** The typed array that holds a dtype in memory. */
export interface ArrayOf {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
}

/** Any array of a wire dtype. */
export type TensorArray = ArrayOf[Dtype];

/** Bytes of one element. */
export const ITEM_SIZE: Readonly<Record<Dtype, number>> = { float32: 4, float64: 8, int32: 4, uint8: 1 };

/** The dtype of a typed array. Throws TensorError for an array without a wire dtype. */
export function dtypeOf(array: ArrayBufferView): Dtype {
  // By name rather than by `instanceof`: an array may come from another realm (a worker, a test environment).
  const dtype = DTYPE_OF_NAME[(array as TensorArray)[Symbol.toStringTag]];
  if (dtype === undefined) {
    throw new TensorError('', `${array.constructor.name} has no dtype; right would be one of ${DTYPES.join(', ')}`);
  }
  return dtype;
}

const DTYPE_OF_NAME: Readonly<Record<string, Dtype | undefined>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int32Array: 'int32',
  Uint8Array: 'uint8',
};

/** A view of `buffer` as `dtype`. The caller has checked alignment and length. */
export function viewAs<D extends Dtype>(dtype: D, buffer: ArrayBufferLike, offset: number, count: number): ArrayOf[D] {
  return VIEW[dtype](buffer, offset, count) as ArrayOf[D];
}

const VIEW: { readonly [D in Dtype]: (buffer: ArrayBufferLike, offset: number, count: number) => ArrayOf[D] } = {
  float32: (buffer, offset, count) => new Float32Array(buffer, offset, count),
  float64: (buffer, offset, count) => new Float64Array(buffer, offset, count),
  int32: (buffer, offset, count) => new Int32Array(buffer, offset, count),
  uint8: (buffer, offset, count) => new Uint8Array(buffer, offset, count),
};
