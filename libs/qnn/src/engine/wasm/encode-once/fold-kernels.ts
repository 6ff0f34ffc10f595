import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Kernel, type Vector, vec, type Writer, writeKernel } from '../printing/ir.ts';

// Conversion between matrices over columns and coefficients of moments: for one qubit after the other, the highest
// first, a symmetric matrix is split into three of half the order, its parts along I, Z and X: (M₀₀ + M₁₁)/2, (M₀₀ −
// M₁₁)/2 and (M₀₁ + M₁₀)/2. Hence tr(M·ψψᵀ) = Σ_P table_P·⟨P⟩. If rows are shorter than a vector, numbers are stored
// one after the other: each as a whole vector that overlaps the previous one.

/** Byte offset of the three parts of the matrix at byte offset x; together they have three quarters of its numbers. */
const threeQuarters = (x: Int): Int => int.add(int.right(x, 1), int.right(x, 2));

const half = (value: Vector): Vector => vec.mul(vec.constant(0.5), value);

/** `fold-…(from, to, bytes)`: folds `bytes` bytes of matrices of `order`, each into three. */
export function foldKernel(shape: Shape, order: number): Kernel {
  const { numberBytes, lanes } = shape;
  const h = order / 2;
  const corner = [0, h, h * order, h * order + h].map((numbers) => numbers * numberBytes);
  const part = h * h * numberBytes;
  const parts = (values: readonly Vector[]): Vector[] => [
    vec.add(values[0], values[3]),
    vec.sub(values[0], values[3]),
    vec.add(values[1], values[2]),
  ];
  return writeKernel(`fold-${order}`, 3, (w) => {
    w.loop(int.constant(0), w.parameter(2), order * order * numberBytes, (x) => {
      const source = w.int(int.add(w.parameter(0), x));
      const target = w.int(int.add(w.parameter(1), threeQuarters(x)));
      if (h < lanes) {
        for (let digit = 0; digit < 3; digit++) {
          for (let e = 0; e < h * h; e++) {
            const at = (Math.floor(e / h) * order + (e % h)) * numberBytes;
            const values = corner.map((offset) => vec.splat(source, at + offset));
            w.store(target, digit * part + e * numberBytes, half(parts(values)[digit]));
          }
        }
        return;
      }
      forEachVector(w, shape, h, (row, at) => {
        const from = w.int(int.add(source, int.add(int.left(row, 1), at)));
        const to = w.int(int.add(target, int.add(row, at)));
        const values = corner.map((offset) => w.vector(vec.load(from, offset)));
        parts(values).forEach((value, digit) => {
          w.store(to, digit * part, half(value));
        });
      });
    });
  });
}

/**
 * `unfold-…(from, to, bytes)`: the reverse, for derivatives: three matrices each are combined, into `bytes` bytes of
 * matrices of `order`.
 */
export function unfoldKernel(shape: Shape, order: number): Kernel {
  const { numberBytes, lanes } = shape;
  const h = order / 2;
  const part = h * h * numberBytes;
  return writeKernel(`unfold-${order}`, 3, (w) => {
    w.loop(int.constant(0), w.parameter(2), order * order * numberBytes, (x) => {
      const source = w.int(int.add(w.parameter(0), threeQuarters(x)));
      const target = w.int(int.add(w.parameter(1), x));
      if (h < lanes) {
        for (let e = 0; e < order * order; e++) {
          const [i, j] = [Math.floor(e / order), e % order];
          const at = ((i % h) * h + (j % h)) * numberBytes;
          const [one, z, flip] = [0, 1, 2].map((digit) => vec.splat(source, digit * part + at));
          const value = i < h !== j < h ? flip : i < h ? vec.add(one, z) : vec.sub(one, z);
          w.store(target, e * numberBytes, half(value));
        }
        return;
      }
      forEachVector(w, shape, h, (row, at) => {
        const from = w.int(int.add(source, int.add(row, at)));
        const to = w.int(int.add(target, int.add(int.left(row, 1), at)));
        const [one, z, flip] = [0, 1, 2].map((digit) => w.vector(vec.load(from, digit * part)));
        const across = w.vector(half(flip));
        const [right, down] = [h * numberBytes, h * order * numberBytes];
        w.store(to, 0, half(vec.add(one, z)));
        w.store(to, right, across);
        w.store(to, down, across);
        w.store(to, down + right, half(vec.sub(one, z)));
      });
    });
  });
}

/** Calls `body` for every vector of a matrix of order h, with the byte offset of its row and the offset within it. */
function forEachVector(
  w: Writer,
  { numberBytes, vectorBytes }: Shape,
  h: number,
  body: (row: Int, at: Int) => void,
): void {
  const row = h * numberBytes;
  w.loop(int.constant(0), int.constant(h * row), row, (from) => {
    w.loop(int.constant(0), int.constant(row), vectorBytes, (at) => body(from, at));
  });
}

/** `laneSums(from, to, bytes)`: the sum of every vector's lanes, as numbers. */
export const laneSumsKernel = ({ vectorBytes, numberBytes, lanes, laneShift }: Shape): Kernel =>
  writeKernel('laneSums', 3, (w) => {
    w.loop(int.constant(0), w.parameter(2), vectorBytes, (at) => {
      const source = w.int(int.add(w.parameter(0), at));
      const values = Array.from({ length: lanes }, (_, lane) => vec.splat(source, lane * numberBytes));
      w.store(
        w.int(int.add(w.parameter(1), int.right(at, laneShift))),
        0,
        values.reduce((total, value) => vec.add(total, value)),
      );
    });
  });

/** `pack(from, to)`: the numbers with i ≤ j < count of a symmetric matrix of `order`; those with i < j are doubled. */
export const packKernel = ({ numberBytes, vectorBytes }: Shape, count: number, order: number): Kernel =>
  writeKernel('pack', 2, (w) => {
    const [from, to] = [w.parameter(0), w.parameter(1)];
    let out = 0;
    for (let i = 0; i < count; i++) {
      const at = i * (order + 1) * numberBytes;
      w.store(to, out, vec.splat(from, at));
      out += numberBytes;
      const rest = count - 1 - i;
      if (rest > 0) {
        w.loop(int.constant(0), int.constant(rest * numberBytes), vectorBytes, (j) => {
          const value = w.vector(vec.load(w.int(int.add(from, j)), at + numberBytes));
          w.store(w.int(int.add(to, j)), out, vec.add(value, value));
        });
      }
      out += rest * numberBytes;
    }
  });

/**
 * `unpack(from, to, places, bytes)`: gathers numbers of `from` at the byte offsets in `places`, `bytes` bytes in total.
 */
export const unpackKernel = ({ numberBytes }: Shape): Kernel =>
  writeKernel('unpack', 4, (w) => {
    const shift = Math.log2(numberBytes / 4);
    w.loop(int.constant(0), w.parameter(3), 4, (at) => {
      const source = int.load(w.int(int.add(w.parameter(2), at)));
      const value = vec.splat(w.int(int.add(w.parameter(0), source)));
      w.store(w.int(int.add(w.parameter(1), int.left(at, shift))), 0, value);
    });
  });
