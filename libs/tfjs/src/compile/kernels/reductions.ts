import { argument, concat, reduce, slice } from '../layout.ts';
import { binary, cast } from '../onnx/elementwise.ts';
import type { Graph, Value } from '../tracing/graph.ts';
import { axesOf, axisOf, type Kernel, type KernelTable } from './kernel.ts';

interface Reduction {
  axis?: number | number[] | null;
  reductionIndices?: number | number[] | null;
  keepDims?: boolean;
}

/** Bool counts as 0 and 1. */
const numeric = (g: Graph, x: Value) => (x.dtype === 'bool' ? cast(g, x, 'int32') : x);

const reduction =
  (operator: Parameters<typeof reduce>[1], prepare: (g: Graph, x: Value) => Value = numeric): Kernel<Reduction> =>
  (g, { x }, { axis, reductionIndices, keepDims }) =>
    reduce(g, operator, prepare(g, x), axesOf(axis ?? reductionIndices, x), keepDims);

const logical =
  (operator: 'ReduceMin' | 'ReduceMax'): Kernel<Reduction> =>
  (g, { x }, { axis, keepDims }) =>
    cast(g, reduce(g, operator, cast(g, x, 'int32'), axesOf(axis, x), keepDims), 'bool');

const argumentOf =
  (operator: 'ArgMax' | 'ArgMin'): Kernel<{ axis: number }> =>
  (g, { x }, { axis }) =>
    argument(g, operator, x, axesOf(axis, x)[0]);

interface Scan {
  axis: number;
  exclusive?: boolean;
  reverse?: boolean;
}

const cumsum: Kernel<Scan> = (g, { x }, { axis, exclusive, reverse }) => {
  const along = g.constant([axesOf(axis, x)[0]], [], 'int64');
  return g.op('CumSum', [x, along], x.shape, x.dtype, { exclusive: Number(!!exclusive), reverse: Number(!!reverse) });
};

/** `x` shifted by `by` places along an axis (backwards if `by` is negative), filled with 1. */
function shiftIn1(g: Graph, x: Value, axis: number, by: number): Value {
  const rest = x.shape.map((extent, i) => (i === axis ? extent - Math.abs(by) : extent));
  const filler = g.splat(
    1,
    x.shape.map((extent, i) => (i === axis ? Math.abs(by) : extent)),
    x.dtype,
  );
  const begin = x.shape.map((_, i) => (i === axis && by < 0 ? -by : 0));
  const kept = slice(g, x, begin, rest);
  return concat(g, by > 0 ? [filler, kept] : [kept, filler], axis);
}

/** Cumulative products by doubling (Hillis and Steele, 1986): ONNX has no such operator. */
const cumprod: Kernel<Scan> = (g, { x }, { axis: given, exclusive, reverse }) => {
  const axis = axesOf(given, x)[0];
  const extent = x.shape[axis];
  const sign = reverse ? -1 : 1;
  let products = exclusive ? shiftIn1(g, x, axis, sign) : x;
  for (let reach = 1; reach < extent; reach *= 2) {
    products = binary(g, 'Mul', products, shiftIn1(g, products, axis, sign * reach), x.dtype);
  }
  return products;
};

const softmax: Kernel<{ dim: number }> = (g, { logits }, { dim }) =>
  g.op('Softmax', [logits], logits.shape, 'float32', { axis: axisOf(dim, logits.shape.length) });

/** The largest elements of the last axis and their indices; TensorFlow.js always sorts them. */
const topK: Kernel<{ k: number; sorted: boolean }> = (g, { x }, { k }) => {
  const shape = [...x.shape.slice(0, -1), k];
  const [values, indices] = g.ops(
    'TopK',
    [x, g.integers([k])],
    [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int64' },
    ],
    { axis: x.shape.length - 1, largest: 1, sorted: 1 },
  );
  return [values, g.op('Cast', [indices], shape, 'int32', { to: 6 })];
};

const range: Kernel<{ start: number; stop: number; step?: number; dtype?: 'float32' | 'int32' }> = (g, _, given) => {
  const { start, stop, step = 1, dtype = 'float32' } = given;
  const values = rangeOf(start, stop, step);
  return g.constant(values, [values.length], dtype);
};

function rangeOf(start: number, stop: number, step: number): number[] {
  const count = Math.max(0, Math.ceil((stop - start) / (step || 1)));
  return Array.from({ length: count }, (_, i) => start + i * step);
}

const linSpace: Kernel<{ start: number; stop: number; num: number }> = (g, _, { start, stop, num }) => {
  const step = (stop - start) / Math.max(1, num - 1);
  return g.constant(
    Array.from({ length: num }, (_unused, i) => start + i * step),
    [num],
    'float32',
  );
};

/** Reductions, scans, and other operations along an axis. */
export const REDUCTIONS: KernelTable = {
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean', (g, x) => cast(g, x, 'float32')),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: argumentOf('ArgMax'),
  ArgMin: argumentOf('ArgMin'),
  Cumsum: cumsum,
  Cumprod: cumprod,
  Softmax: softmax,
  TopK: topK,
  Range: range,
  LinSpace: linSpace,
};
