import { reshape, transpose } from '../layout.ts';
import { broadcastShape, type Graph, sizeOf, type Value } from '../tracing/graph.ts';

/** The product of two matrices, either of them transposed. */
export function gemm(g: Graph, a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const rows = a.shape[transposeA ? 1 : 0];
  const columns = b.shape[transposeB ? 0 : 1];
  return g.op('Gemm', [a, b], [rows, columns], 'float32', { transA: Number(transposeA), transB: Number(transposeB) });
}

/** Exchanges the last two axes. */
function swap(g: Graph, x: Value): Value {
  const { length } = x.shape;
  const perm = x.shape.map((_, i) => (i === length - 1 ? length - 2 : i === length - 2 ? length - 1 : i));
  return transpose(g, x, perm);
}

/** A batch of matrix products, the batch axes broadcast; one product where there is one pair of matrices. */
export function matMul(g: Graph, a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const rows = a.shape[a.shape.length - (transposeA ? 1 : 2)];
  const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
  const shape = [...broadcastShape(batchA, batchB), rows, columns];
  if (sizeOf(batchA) === 1 && sizeOf(batchB) === 1) {
    const matrix = (x: Value) => reshape(g, x, x.shape.slice(-2));
    return reshape(g, gemm(g, matrix(a), matrix(b), transposeA, transposeB), shape);
  }
  return g.op('MatMul', [transposeA ? swap(g, a) : a, transposeB ? swap(g, b) : b], shape, 'float32');
}
