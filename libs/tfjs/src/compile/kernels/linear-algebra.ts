import { binary, unary } from '../onnx/elementwise.ts';
import { matMul } from '../onnx/products.ts';
import { activate } from './elementwise.ts';
import type { Kernel, KernelTable } from './kernel.ts';

interface Transposed {
  transposeA?: boolean;
  transposeB?: boolean;
}

const batchMatMul: Kernel<Transposed> = (g, { a, b }, { transposeA, transposeB }) =>
  matMul(g, a, b, transposeA, transposeB);

const fusedMatMul: Kernel<Transposed & { activation?: string; leakyreluAlpha?: number }> = (
  g,
  { a, b, bias, preluActivationWeights },
  { transposeA, transposeB, activation, leakyreluAlpha },
) => {
  const product = matMul(g, a, b, transposeA, transposeB);
  const sum = bias ? binary(g, 'Add', product, bias) : product;
  return activate(g, sum, activation, { weights: preluActivationWeights, alpha: leakyreluAlpha });
};

/** ONNX and TensorFlow.js have the same notation of subscripts. */
const einsum: Kernel<{ equation: string }> = (g, inputs, { equation }) => {
  const operands = Object.values(inputs);
  const [left, result] = equation.replaceAll(' ', '').split('->');
  const extents = new Map<string, number>();
  for (const [i, subscripts] of left.split(',').entries()) {
    for (const [j, letter] of [...subscripts].entries()) extents.set(letter, operands[i].shape[j]);
  }
  const shape = [...result].map((letter) => extents.get(letter) as number);
  return g.op('Einsum', operands, shape, 'float32', { equation: `${left}->${result}` });
};

/** (x − mean)/√(variance + ε)·scale + offset. */
const batchNorm: Kernel<{ varianceEpsilon?: number }> = (
  g,
  { x, mean, variance, scale, offset },
  { varianceEpsilon = 0.001 },
) => {
  const deviation = unary(g, 'Sqrt', binary(g, 'Add', variance, g.splat(varianceEpsilon)));
  const normal = binary(g, 'Mul', binary(g, 'Sub', x, mean), unary(g, 'Reciprocal', deviation));
  const scaled = scale ? binary(g, 'Mul', normal, scale) : normal;
  return offset ? binary(g, 'Add', scaled, offset) : scaled;
};

/** Products of matrices and tensors, and the normalization kernel. */
export const LINEAR_ALGEBRA: KernelTable = {
  BatchMatMul: batchMatMul,
  _FusedMatMul: fusedMatMul,
  Einsum: einsum,
  FusedBatchNorm: batchNorm,
};
