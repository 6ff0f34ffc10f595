import { type Graph, type GraphType, sameShape, sizeOf, type Value } from './tracing/graph.ts';

/**
 * Repeats along axes of size 1 (and new ones in front). The origin is recorded, so that elementwise operations can
 * defer it.
 */
export function expand(g: Graph, x: Value, shape: readonly number[]): Value {
  if (sameShape(x.shape, shape)) return x;
  if (x.splat !== undefined) return g.splat(x.splat, shape, x.dtype);
  const base = x.repeats ?? x;
  const value = g.op('Expand', [base, g.integers(shape)], shape, base.dtype);
  value.repeats = base;
  return value;
}

/** The same elements in another shape. */
export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  const base = x.reshapes ?? x;
  if (sameShape(base.shape, shape)) return base;
  if (base.splat !== undefined) return g.splat(base.splat, shape, base.dtype);
  if (base.data) return g.constant(base.data, shape, base.dtype);
  if (base.repeats && sizeOf(base.repeats.shape) === 1) return expand(g, reshape(g, base.repeats, []), shape);
  const value = g.op('Reshape', [base, g.integers(shape)], shape, base.dtype);
  value.reshapes = base;
  return value;
}

/** Axes in another order. */
export function transpose(g: Graph, x: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => x.shape[axis]);
  if (perm.every((axis, i) => axis === i)) return x;
  if (x.splat !== undefined) return g.splat(x.splat, shape, x.dtype);
  const long = perm.filter((axis) => x.shape[axis] !== 1);
  if (long.every((axis, i) => i === 0 || long[i - 1] < axis)) return reshape(g, x, shape);
  return g.op('Transpose', [x], shape, x.dtype, { perm });
}

/** A reduction over axes. `axes` are not negative. */
export function reduce(
  g: Graph,
  op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd',
  x: Value,
  axes: readonly number[],
  keepDims = false,
): Value {
  const kept = x.shape.map((extent, i) => (axes.includes(i) ? 1 : extent));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  if (axes.every((axis) => x.shape[axis] === 1)) return reshape(g, x, shape);
  const keepdims = keepDims ? 1 : 0;
  // ONNX 17: the axes of ReduceSum are an input, those of the others an attribute.
  if (op === 'ReduceSum') return g.op(op, [x, g.integers(axes)], shape, x.dtype, { keepdims });
  return g.op(op, [x], shape, x.dtype, { axes, keepdims });
}

interface SliceOf {
  readonly source: Value;
  readonly begin: readonly number[];
}

/** Slices without strides, by value: slices of slices and concatenations of neighbours are simplified. */
const slices = new WeakMap<Value, SliceOf>();
const concatenations = new WeakMap<Value, { readonly parts: readonly Value[]; readonly axis: number }>();

/** The source and the offset of a value that is a slice of another one without strides. */
export const sliceOf = (x: Value): SliceOf | undefined => slices.get(x);

/** The part of a concatenation that contains a slice, if one does. */
function sliceOfPart(g: Graph, x: Value, begin: readonly number[], size: readonly number[]): Value | undefined {
  const concatenation = concatenations.get(x);
  if (!concatenation) return undefined;
  const { parts, axis } = concatenation;
  let start = 0;
  for (const part of parts) {
    const end = start + part.shape[axis];
    if (begin[axis] >= start && begin[axis] + size[axis] <= end) {
      return slice(
        g,
        part,
        begin.map((b, i) => (i === axis ? b - start : b)),
        size,
      );
    }
    start = end;
  }
  return undefined;
}

/** `size` elements per axis from `begin`, each `strides` apart (negative: backwards). */
export function slice(
  g: Graph,
  x: Value,
  begin: readonly number[],
  size: readonly number[],
  strides?: readonly number[],
): Value {
  const step = (i: number) => strides?.[i] ?? 1;
  const axes = x.shape.flatMap((extent, i) => (begin[i] !== 0 || size[i] !== extent || step(i) !== 1 ? [i] : []));
  if (axes.length === 0) return x;
  if (x.splat !== undefined) return g.splat(x.splat, size, x.dtype);
  const plain = axes.every((i) => step(i) === 1);
  if (plain) {
    const outer = slices.get(x);
    if (outer) {
      const shifted = begin.map((b, i) => b + outer.begin[i]);
      return slice(g, outer.source, shifted, size);
    }
    const part = sliceOfPart(g, x, begin, size);
    if (part) return part;
  }
  const end = (i: number) => {
    if (step(i) > 0) return begin[i] + (size[i] - 1) * step(i) + 1;
    const last = begin[i] + size[i] * step(i);
    return last < 0 ? Number.MIN_SAFE_INTEGER : last;
  };
  const inputs = [x, g.integers(axes.map((i) => begin[i])), g.integers(axes.map(end)), g.integers(axes)];
  if (!plain) inputs.push(g.integers(axes.map(step)));
  const value = g.op('Slice', inputs, size, x.dtype);
  if (plain) slices.set(value, { source: x, begin });
  return value;
}

/** Whether `second` continues along `axis` at the end of `first`, in the same source. */
function followOn(first: Value, second: Value, axis: number): boolean {
  const [a, b] = [slices.get(first), slices.get(second)];
  return (
    a !== undefined &&
    b !== undefined &&
    a.source === b.source &&
    a.begin.every((begin, i) => b.begin[i] === (i === axis ? begin + first.shape[i] : begin))
  );
}

/** Concatenates values along an axis. */
export function concat(g: Graph, values: readonly Value[], axis: number): Value {
  const parts: Value[] = [];
  for (const value of values) {
    if (value.shape[axis] === 0) continue;
    const last = parts.at(-1);
    if (last && followOn(last, value, axis)) {
      const { source, begin } = slices.get(last) as SliceOf;
      const size = last.shape.map((extent, i) => (i === axis ? extent + value.shape[i] : extent));
      parts[parts.length - 1] = slice(g, source, begin, size);
    } else parts.push(value);
  }
  if (parts.length === 0) return values[0];
  if (parts.length === 1) return parts[0];
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const { splat } = parts[0];
  if (splat !== undefined && parts.every((part) => Object.is(part.splat, splat))) {
    return g.splat(splat, shape, parts[0].dtype);
  }
  const value = g.op('Concat', parts, shape, parts[0].dtype, { axis });
  concatenations.set(value, { parts, axis });
  return value;
}

/** Adds elements before and after each axis; a negative number removes them. */
export function pad(
  g: Graph,
  x: Value,
  paddings: readonly (readonly [number, number])[],
  filler = 0,
  mode?: 'reflect',
): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((extent, i) => extent + paddings[i][0] + paddings[i][1]);
  if (x.splat !== undefined && (mode || x.splat === filler)) return g.splat(x.splat, shape, x.dtype);
  const amounts = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  const inputs = [x, g.integers(amounts)];
  if (!mode && filler !== 0) inputs.push(g.splat(filler, [], x.dtype));
  return g.op('Pad', inputs, shape, x.dtype, mode ? { mode } : {});
}

/** Indices of the largest or smallest elements along an axis, int32. */
export function argument(g: Graph, op: 'ArgMax' | 'ArgMin', x: Value, axis: number): Value {
  const shape = x.shape.filter((_, i) => i !== axis);
  const found = g.op(op, [x], shape, 'int64', { axis, keepdims: 0 });
  const int32: GraphType = 'int32';
  return g.op('Cast', [found], shape, int32, { to: 6 });
}
