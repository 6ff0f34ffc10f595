import * as tf from '@tensorflow/tfjs-core';
import { concat, expand, pad, reshape, slice, transpose } from '../layout.ts';
import { type Graph, sizeOf, type Value } from '../tracing/graph.ts';
import { axesOf, axisOf, type Kernel, type KernelTable } from './kernel.ts';

type Paddings = [number, number][];

const reshapeTo: Kernel<{ shape: number[] }> = (g, { x }, { shape }) =>
  reshape(g, x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape)));

const expandDims: Kernel<{ dim: number }> = (g, { input }, { dim }) => {
  const shape = [...input.shape];
  shape.splice(axisOf(dim, shape.length + 1), 0, 1);
  return reshape(g, input, shape);
};

const concatenate: Kernel<{ axis: number }> = (g, inputs, { axis }) => {
  const values = Object.values(inputs);
  return concat(g, values, axesOf(axis, values[0])[0]);
};

const sliceTo: Kernel<{ begin: number | number[]; size: number | number[] }> = (g, { x }, { begin, size }) => {
  const [first, extents] = tf.slice_util.parseSliceParams({ shape: [...x.shape] } as tf.TensorInfo, begin, size);
  return slice(g, x, first, extents);
};

interface StridedSlice {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

const stridedSlice: Kernel<StridedSlice> = (g, { x }, a) => {
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  const { finalShape, finalShapeSparse, begin, end, strides } = info;
  if (info.isIdentity) return reshape(g, x, finalShape);
  if (info.sliceDim0 || info.isSimpleSlice) {
    const size = tf.slice_util.computeOutShape(begin, end, strides);
    return reshape(g, slice(g, x, begin, size), finalShape);
  }
  if (finalShape.some((extent) => extent === 0)) return g.constant([], finalShape, x.dtype);
  return reshape(g, slice(g, x, begin, finalShapeSparse, strides), finalShape);
};

const padTo: Kernel<{ paddings: Paddings; constantValue: number }> = (g, { x }, { paddings, constantValue }) =>
  pad(g, x, paddings, constantValue);

const reversed = (g: Graph, x: Value, axes: readonly number[]): Value => {
  if (axes.length === 0) return x;
  const begin = x.shape.map((extent, i) => (axes.includes(i) ? extent - 1 : 0));
  return slice(
    g,
    x,
    begin,
    x.shape,
    x.shape.map((_, i) => (axes.includes(i) ? -1 : 1)),
  );
};

/** Mirrored with the edge repeated ('symmetric'), which ONNX 17 lacks: flipped slices on both sides. */
const mirrorPad: Kernel<{ paddings: Paddings; mode: 'reflect' | 'symmetric' }> = (g, { x }, { paddings, mode }) => {
  if (mode === 'reflect') return pad(g, x, paddings, 0, 'reflect');
  return paddings.reduce((padded, [before, after], axis) => {
    const part = (begin: number, count: number) => {
      const extents = padded.shape.map((extent, i) => (i === axis ? count : extent));
      const from = padded.shape.map((_, i) => (i === axis ? begin : 0));
      return reversed(g, slice(g, padded, from, extents), [axis]);
    };
    const parts = [padded];
    if (before > 0) parts.unshift(part(0, before));
    if (after > 0) parts.push(part(padded.shape[axis] - after, after));
    return concat(g, parts, axis);
  }, x);
};

const tile: Kernel<{ reps: number[] }> = (g, { x }, { reps }) => {
  const shape = x.shape.map((extent, i) => extent * reps[i]);
  if (x.shape.every((extent, i) => extent === 1 || reps[i] === 1)) return expand(g, x, shape);
  if (x.splat !== undefined) return g.splat(x.splat, shape, x.dtype);
  return g.op('Tile', [x, g.integers(reps)], shape, x.dtype);
};

/** Consecutive pieces of these lengths along an axis. */
function pieces(g: Graph, x: Value, lengths: readonly number[], axis: number): Value[] {
  let start = 0;
  return lengths.map((length) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    const size = x.shape.map((extent, i) => (i === axis ? length : extent));
    start += length;
    return slice(g, x, begin, size);
  });
}

const split: Kernel<{ numOrSizeSplits: number | number[]; axis: number }> = (g, { x }, { numOrSizeSplits, axis }) => {
  const along = axesOf(axis, x)[0];
  const lengths = tf.backend_util.prepareSplitSize(x as unknown as tf.Tensor, numOrSizeSplits, along);
  return pieces(g, x, lengths, along);
};

const pack: Kernel<{ axis: number }> = (g, inputs, { axis }) => {
  const values = Object.values(inputs);
  const along = axisOf(axis, values[0].shape.length + 1);
  const shape = [...values[0].shape];
  shape.splice(along, 0, 1);
  return concat(
    g,
    values.map((value) => reshape(g, value, shape)),
    along,
  );
};

const unpack: Kernel<{ axis: number }> = (g, { value }, { axis }) => {
  const along = axisOf(axis, value.shape.length);
  const shape = value.shape.filter((_, i) => i !== along);
  const ones = Array<number>(value.shape[along]).fill(1);
  return pieces(g, value, ones, along).map((piece) => reshape(g, piece, shape));
};

/** Moves blocks of the spatial axes into the batch; TensorFlow.js composes dilated pooling of it. */
const spaceToBatch: Kernel<{ blockShape: number[]; paddings: Paddings }> = (g, { x }, { blockShape, paddings }) => {
  const around = x.shape.map((_, i): [number, number] => paddings[i - 1] ?? [0, 0]);
  const padded = pad(g, x, around);
  const rest = padded.shape.slice(1 + blockShape.length);
  const outer = blockShape.map((block, i) => padded.shape[i + 1] / block);
  const split = [padded.shape[0], ...blockShape.flatMap((block, i) => [outer[i], block]), ...rest];
  const count = blockShape.length;
  const perm = [
    ...blockShape.map((_, i) => 2 * i + 2),
    0,
    ...blockShape.map((_, i) => 2 * i + 1),
    ...rest.map((_, i) => 1 + 2 * count + i),
  ];
  const blocks = transpose(g, reshape(g, padded, split), perm);
  return reshape(g, blocks, [padded.shape[0] * sizeOf(blockShape), ...outer, ...rest]);
};

/** The inverse. */
const batchToSpace: Kernel<{ blockShape: number[]; crops: Paddings }> = (g, { x }, { blockShape, crops }) => {
  const count = blockShape.length;
  const batch = x.shape[0] / sizeOf(blockShape);
  const inner = x.shape.slice(1, 1 + count);
  const rest = x.shape.slice(1 + count);
  const split = reshape(g, x, [...blockShape, batch, ...inner, ...rest]);
  const perm = [count, ...blockShape.flatMap((_, i) => [count + 1 + i, i]), ...rest.map((_, i) => 1 + 2 * count + i)];
  const joined = reshape(g, transpose(g, split, perm), [
    batch,
    ...inner.map((extent, i) => extent * blockShape[i]),
    ...rest,
  ]);
  return pad(
    g,
    joined,
    joined.shape.map((_, i): [number, number] => (crops[i - 1] ? [-crops[i - 1][0], -crops[i - 1][1]] : [0, 0])),
  );
};

/** Kernels that move elements without changing them. */
export const SHAPES: KernelTable = {
  Reshape: reshapeTo,
  ExpandDims: expandDims,
  Transpose: ((g, { x }, { perm }) => transpose(g, x, perm)) as Kernel<{ perm: number[] }>,
  Concat: concatenate,
  Slice: sliceTo,
  StridedSlice: stridedSlice,
  PadV2: padTo,
  MirrorPad: mirrorPad,
  Tile: tile,
  SplitV: split,
  Pack: pack,
  Unpack: unpack,
  Reverse: ((g, { x }, { dims }) => reversed(g, x, axesOf(dims, x))) as Kernel<{ dims: number[] }>,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
};
