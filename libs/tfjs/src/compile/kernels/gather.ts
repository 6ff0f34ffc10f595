import { reshape } from '../layout.ts';
import { binary, cast, where } from '../onnx/elementwise.ts';
import { gemm } from '../onnx/products.ts';
import { type Graph, type GraphType, sizeOf, type Value } from '../tracing/graph.ts';
import { axesOf, type Kernel, type KernelTable } from './kernel.ts';

/** Up to this number of entries a one-hot matrix and a product are faster than a scatter. */
const ONE_HOT_PRODUCT = 1 << 18;

const gather: Kernel<{ axis: number; batchDims: number }> = (g, { x, indices }, { axis, batchDims }) => {
  if (batchDims) return undefined;
  const along = axesOf(axis, x)[0];
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return g.op('Gather', [x, cast(g, indices, 'int32')], shape, x.dtype, { axis: along });
};

const gatherNd: Kernel = (g, { params, indices }) => {
  const depth = indices.shape[indices.shape.length - 1];
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  return g.op('GatherND', [params, cast(g, indices, 'int64')], shape, params.dtype);
};

/** `updates` added (or, without `add`, written) at `indices` of `onto`. */
function scatter(g: Graph, onto: Value, indices: Value, updates: Value, add: boolean): Value {
  const inputs = [onto, cast(g, indices, 'int64'), updates];
  return g.op('ScatterND', inputs, onto.shape, onto.dtype, add ? { reduction: 'add' } : {});
}

/** 1 where the class is the index, along a new last axis. */
function oneHot(g: Graph, indices: Value, depth: number, on: number, off: number): Value {
  const shape = [...indices.shape, depth];
  const classes = g.constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    'int32',
  );
  const column = reshape(g, cast(g, indices, 'int32'), [...indices.shape, 1]);
  return where(g, binary(g, 'Equal', column, classes, 'bool'), g.splat(on), g.splat(off), shape);
}

const oneHotKernel: Kernel<{ depth: number; onValue: number; offValue: number; dtype: GraphType }> = (
  g,
  { indices },
  { depth, onValue, offValue, dtype },
) => cast(g, oneHot(g, indices, depth, onValue, offValue), dtype);

/** Sums of the rows of each segment. */
const segmentSum: Kernel<{ numSegments: number }> = (g, { x, segmentIds }, { numSegments }) => {
  const count = segmentIds.shape[0];
  const shape = [numSegments, ...x.shape.slice(1)];
  if (x.dtype !== 'float32' || count * numSegments > ONE_HOT_PRODUCT) {
    return scatter(g, g.splat(0, shape, x.dtype), reshape(g, segmentIds, [count, 1]), x, true);
  }
  const rows = reshape(g, x, [count, sizeOf(x.shape) / count]);
  return reshape(g, gemm(g, oneHot(g, segmentIds, numSegments, 1, 0), rows, true, false), shape);
};

/** Kernels that pick or place elements by index. */
export const GATHER: KernelTable = {
  GatherV2: gather,
  GatherNd: gatherNd,
  OneHot: oneHotKernel,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: ((g, { indices, updates }, { shape }) =>
    scatter(g, g.splat(0, shape, updates.dtype), indices, updates, true)) as Kernel<{ shape: number[] }>,
  TensorScatterUpdate: (g, { tensor, indices, updates }) => scatter(g, tensor, indices, updates, false),
};
