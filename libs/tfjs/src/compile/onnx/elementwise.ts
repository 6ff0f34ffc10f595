import { expand, reshape } from '../layout.ts';
import {
  type Attributes,
  broadcastShape,
  type Graph,
  type GraphType,
  sameShape,
  sizeOf,
  type Value,
} from '../tracing/graph.ts';
import { ONNX_TYPES } from './onnx-types.ts';

/** Operators on JavaScript numbers, for folding constants. */
const FOLD: Record<string, (...numbers: number[]) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Neg: (a) => -a,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Abs: Math.abs,
  Reciprocal: (a) => 1 / a,
  Pow: (a, b) => a ** b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
};

/**
 * The smallest value that broadcasts to this one; elementwise operations are applied to it and the result is repeated.
 */
function smallest(g: Graph, value: Value): Value {
  if (value.splat !== undefined) return g.splat(value.splat, [], value.dtype);
  return value.repeats ?? value;
}

/**
 * x·1, x+0, x−0, x/1, x¹, x², x^½: the operand, or something cheaper than the operation; undefined if there is none.
 */
function identity(g: Graph, op: string, [a, b]: readonly Value[], shape: readonly number[], dtype: GraphType) {
  if (!b) return undefined;
  const whole = (value: Value) => sizeOf(value.shape) === sizeOf(shape) && value.dtype === dtype;
  if (op === 'Mul' && b.splat === 1 && whole(a)) return a;
  if (op === 'Mul' && a.splat === 1 && whole(b)) return b;
  if (op === 'Add' && b.splat === 0 && whole(a)) return a;
  if (op === 'Add' && a.splat === 0 && whole(b)) return b;
  if (op === 'Sub' && b.splat === 0 && whole(a)) return a;
  if (op === 'Div' && b.splat === 1 && whole(a)) return a;
  if (op !== 'Pow' || !whole(a) || dtype !== 'float32') return undefined;
  if (b.splat === 1) return a;
  if (b.splat === 2) return g.op('Mul', [a, a], a.shape, dtype);
  if (b.splat === 0.5) return g.op('Sqrt', [a], a.shape, dtype);
  return undefined;
}

/** An elementwise operator with broadcasting, on any number of operands, with a result of `shape`. */
export function elementwise(
  g: Graph,
  op: string,
  operands: readonly Value[],
  shape: readonly number[],
  dtype: GraphType = 'float32',
  attributes: Attributes = {},
): Value {
  const fold = dtype === 'float32' ? FOLD[op] : undefined;
  if (fold && operands.every((operand) => operand.splat !== undefined)) {
    return g.splat(fold(...operands.map((operand) => operand.splat as number)), shape, dtype);
  }
  const small = operands.map((operand) => smallest(g, operand));
  const smallShape = broadcastShape(...small.map((operand) => operand.shape));
  const same = identity(g, op, small, smallShape, dtype);
  const result = same ? reshape(g, same, smallShape) : g.op(op, small, smallShape, dtype, attributes);
  if (sameShape(smallShape, shape)) return result;
  if (sizeOf(smallShape) === sizeOf(shape)) return reshape(g, result, shape);
  return expand(g, result, shape);
}

/** An elementwise operator on one operand. */
export function unary(g: Graph, op: string, x: Value, dtype: GraphType = x.dtype, attributes: Attributes = {}): Value {
  return elementwise(g, op, [x], x.shape, dtype, attributes);
}

/** An elementwise operator on two operands that broadcast. */
export function binary(g: Graph, op: string, a: Value, b: Value, dtype: GraphType = 'float32'): Value {
  return elementwise(g, op, [a, b], broadcastShape(a.shape, b.shape), dtype);
}

/** `condition` ? a : b, broadcast to `shape`. */
export function where(g: Graph, condition: Value, a: Value, b: Value, shape: readonly number[]): Value {
  return elementwise(g, 'Where', [condition, a, b], shape, a.dtype);
}

/** Another element type; floats are truncated to int32, and bool is "not 0". */
export function cast(g: Graph, x: Value, dtype: GraphType): Value {
  if (x.dtype === dtype) return x;
  if (x.splat !== undefined) {
    const { splat } = x;
    return g.splat(
      dtype === 'bool' ? Number(splat !== 0) : dtype === 'float32' ? splat : Math.trunc(splat),
      x.shape,
      dtype,
    );
  }
  return unary(g, 'Cast', x, dtype, { to: ONNX_TYPES[dtype] });
}
