import { binary, cast, elementwise, unary, where } from '../onnx/elementwise.ts';
import { broadcastShape, type Graph, type GraphType, type Value } from '../tracing/graph.ts';
import type { Kernel, KernelTable } from './kernel.ts';

const float = (g: Graph, number: number) => g.splat(number);
const zeroOf = (g: Graph, x: Value) => g.splat(0, [], x.dtype);

/** TensorFlow.js's unary functions that have an ONNX operator, and that operator. */
const UNARY = {
  ...{ Abs: 'Abs', Neg: 'Neg', Sign: 'Sign', Floor: 'Floor', Ceil: 'Ceil', Round: 'Round', Reciprocal: 'Reciprocal' },
  ...{ Exp: 'Exp', Log: 'Log', Sqrt: 'Sqrt', Erf: 'Erf', Tanh: 'Tanh', Softplus: 'Softplus' },
  ...{ Sin: 'Sin', Cos: 'Cos', Tan: 'Tan', Asin: 'Asin', Acos: 'Acos', Atan: 'Atan' },
  ...{ Sinh: 'Sinh', Cosh: 'Cosh', Asinh: 'Asinh', Acosh: 'Acosh', Atanh: 'Atanh' },
  ...{ Relu: 'Relu', Elu: 'Elu', Selu: 'Selu' },
};

const ARITHMETIC = {
  ...{ Add: 'Add', Sub: 'Sub', Multiply: 'Mul', RealDiv: 'Div', Pow: 'Pow', Maximum: 'Max', Minimum: 'Min' },
};

const COMPARISON = {
  ...{ Equal: 'Equal', Less: 'Less', LessEqual: 'LessOrEqual', Greater: 'Greater', GreaterEqual: 'GreaterOrEqual' },
  ...{ LogicalAnd: 'And', LogicalOr: 'Or' },
};

function table(operators: Readonly<Record<string, string>>, make: (operator: string) => Kernel): KernelTable {
  return Object.fromEntries(Object.entries(operators).map(([kernel, operator]) => [kernel, make(operator)]));
}

/** log(1 + x) without loss of accuracy for small x: the rounding error of 1 + x, divided by it, is added. */
function log1p(g: Graph, x: Value): Value {
  const shifted = binary(g, 'Add', x, float(g, 1));
  // Bounded, because ∞ − ∞ is NaN.
  const bounded = (value: Value) => binary(g, 'Min', value, float(g, 1e38));
  const lost = binary(g, 'Sub', binary(g, 'Sub', bounded(shifted), float(g, 1)), bounded(x));
  return binary(g, 'Sub', unary(g, 'Log', shifted), binary(g, 'Div', lost, shifted));
}

/** eˣ − 1 = tanh(x/2)·(eˣ + 1), exact for small x. */
function expm1(g: Graph, x: Value): Value {
  const half = unary(g, 'Tanh', binary(g, 'Mul', x, float(g, 0.5)));
  return binary(g, 'Mul', half, binary(g, 'Add', unary(g, 'Exp', x), float(g, 1)));
}

/** 1/(1 + e⁻ˣ). The operator Sigmoid is accurate only to 1e-7, and is 0 below −18, where its logarithm would be −∞. */
function sigmoid(g: Graph, x: Value): Value {
  return unary(g, 'Reciprocal', binary(g, 'Add', unary(g, 'Exp', unary(g, 'Neg', x)), float(g, 1)));
}

/** The angle of the point (x, y) = (b, a). */
function atan2(g: Graph, a: Value, b: Value): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const zero = float(g, 0);
  const negative = (x: Value) => binary(g, 'Less', x, zero, 'bool');
  const isZero = (x: Value) => binary(g, 'Equal', x, zero, 'bool');
  const angle = unary(g, 'Atan', binary(g, 'Div', a, where(g, isZero(b), float(g, 1), b, b.shape)));
  const turn = where(g, negative(a), float(g, -Math.PI), float(g, Math.PI), a.shape);
  const left = binary(g, 'Add', angle, turn);
  const upright = binary(g, 'Mul', unary(g, 'Sign', a), float(g, Math.PI / 2));
  return where(g, isZero(b), upright, where(g, negative(b), left, angle, shape), shape);
}

const finite = (g: Graph, x: Value) =>
  unary(g, 'Not', binary(g, 'Or', unary(g, 'IsNaN', x, 'bool'), unary(g, 'IsInf', x, 'bool'), 'bool'));

/** The quotient, rounded down. */
function floorQuotient(g: Graph, a: Value, b: Value): Value {
  return unary(g, 'Floor', binary(g, 'Div', cast(g, a, 'float32'), cast(g, b, 'float32')));
}

function modulo(g: Graph, a: Value, b: Value): Value {
  const multiple = binary(g, 'Mul', cast(g, floorQuotient(g, a, b), a.dtype), b, a.dtype);
  return binary(g, 'Sub', a, multiple, a.dtype);
}

/** Activations that fused kernels apply. */
export function activate(
  g: Graph,
  y: Value,
  activation: string | null | undefined,
  { weights, alpha }: { readonly weights?: Value; readonly alpha?: number },
): Value | undefined {
  switch (activation ?? 'linear') {
    case 'linear':
      return y;
    case 'relu':
      return unary(g, 'Relu', y);
    case 'relu6':
      return elementwise(g, 'Clip', [y, float(g, 0), float(g, 6)], y.shape);
    case 'elu':
      return unary(g, 'Elu', y);
    case 'sigmoid':
      return sigmoid(g, y);
    case 'leakyrelu':
      return unary(g, 'LeakyRelu', y, 'float32', { alpha: { float: alpha ?? 0.2 } });
    case 'prelu':
      return weights && elementwise(g, 'PRelu', [y, weights], broadcastShape(y.shape, weights.shape));
    default:
      return undefined;
  }
}

const step: Kernel<{ alpha?: number }> = (g, { x }, { alpha = 0 }) =>
  where(
    g,
    binary(g, 'Greater', x, zeroOf(g, x), 'bool'),
    g.splat(1, [], x.dtype),
    g.splat(alpha, [], x.dtype),
    x.shape,
  );

const clip: Kernel<{ clipValueMin: number; clipValueMax: number }> = (g, { x }, { clipValueMin, clipValueMax }) =>
  elementwise(g, 'Clip', [x, g.splat(clipValueMin, [], x.dtype), g.splat(clipValueMax, [], x.dtype)], x.shape, x.dtype);

const castTo: Kernel<{ dtype: GraphType }> = (g, { x }, { dtype }) => cast(g, x, dtype);

const fill: Kernel<{ shape: number[]; value: number; dtype?: GraphType }> = (
  g,
  _,
  { shape, value, dtype = 'float32' },
) => g.splat(Number(value), shape, dtype);

const select: Kernel = (g, { condition, t, e }) => where(g, cast(g, condition, 'bool'), t, e, t.shape);

/** Elementwise kernels. */
export const ELEMENTWISE: KernelTable = {
  ...table(
    UNARY,
    (operator) =>
      (g, { x }) =>
        unary(g, operator, x),
  ),
  ...table(
    ARITHMETIC,
    (operator) =>
      (g, { a, b }) =>
        binary(g, operator, a, b, a.dtype),
  ),
  ...table(
    COMPARISON,
    (operator) =>
      (g, { a, b }) =>
        binary(g, operator, a, b, 'bool'),
  ),
  Identity: (_, { x }) => x,
  Square: (g, { x }) => binary(g, 'Mul', x, x, x.dtype),
  Rsqrt: (g, { x }) => unary(g, 'Reciprocal', unary(g, 'Sqrt', x)),
  Sigmoid: (g, { x }) => sigmoid(g, x),
  Log1p: (g, { x }) => log1p(g, x),
  Expm1: (g, { x }) => expm1(g, x),
  Atan2: (g, { a, b }) => atan2(g, a, b),
  IsNan: (g, { x }) => unary(g, 'IsNaN', x, 'bool'),
  IsInf: (g, { x }) => unary(g, 'IsInf', x, 'bool'),
  IsFinite: (g, { x }) => finite(g, x),
  LogicalNot: (g, { x }) => unary(g, 'Not', x, 'bool'),
  NotEqual: (g, { a, b }) => unary(g, 'Not', binary(g, 'Equal', a, b, 'bool')),
  Relu6: (g, { x }) => activate(g, x, 'relu6', {}),
  LeakyRelu: ((g, { x }, { alpha }) => activate(g, x, 'leakyrelu', { alpha })) as Kernel<{ alpha: number }>,
  Prelu: (g, { x, alpha }) => activate(g, x, 'prelu', { weights: alpha }),
  EluGrad: (g, { dy, y }) =>
    where(
      g,
      binary(g, 'GreaterOrEqual', y, float(g, 0), 'bool'),
      dy,
      binary(g, 'Mul', dy, binary(g, 'Add', y, float(g, 1))),
      y.shape,
    ),
  Step: step,
  ClipByValue: clip,
  Cast: castTo,
  Fill: fill,
  Select: select,
  ZerosLike: (g, { x }) => g.splat(0, x.shape, x.dtype),
  OnesLike: (g, { x }) => g.splat(1, x.shape, x.dtype),
  // TensorFlow.js's result is int32 for operands of any type.
  FloorDiv: (g, { a, b }) => cast(g, floorQuotient(g, a, b), 'int32'),
  Mod: (g, { a, b }) => modulo(g, a, b),
  SquaredDifference: (g, { a, b }) => {
    const difference = binary(g, 'Sub', a, b, a.dtype);
    return binary(g, 'Mul', difference, difference, a.dtype);
  },
  AddN: (g, inputs) => Object.values(inputs).reduce((sum, x) => binary(g, 'Add', sum, x, sum.dtype)),
};
