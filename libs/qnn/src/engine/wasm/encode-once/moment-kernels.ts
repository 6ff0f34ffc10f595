import type { Shape } from '../lowering/shape.ts';
import { int, type Kernel, vec, writeKernel } from '../printing/ir.ts';

/**
 * `circle(own, out)`: cosines and sines of angles from those of half angles; `parts` are the positions of those of each
 * encoded qubit.
 */
export const circleKernel = ({ vectorBytes: v }: Shape, parts: readonly number[]): Kernel =>
  writeKernel('circle', 2, (w) => {
    parts.forEach((part, i) => {
      const [cosine, sine] = [0, v].map((offset) => w.vector(vec.load(w.parameter(0), 2 * v * part + offset)));
      w.store(w.parameter(1), 2 * i * v, vec.nmadd(sine, sine, vec.mul(cosine, cosine)));
      const product = w.vector(vec.mul(cosine, sine));
      w.store(w.parameter(1), (2 * i + 1) * v, vec.add(product, product));
    });
  });

/** `moments(circle, out)`: products of 1, cosine and sine of every qubit, the first qubit's changing fastest. */
export const momentsKernel = ({ vectorBytes: v }: Shape, qubits: number): Kernel =>
  writeKernel('moments', 2, (w) => {
    const [circle, out] = [w.parameter(0), w.parameter(1)];
    w.store(out, 0, vec.constant(1));
    for (let q = 0; q < qubits; q++) {
      const [cosine, sine] = [0, v].map((offset) => w.vector(vec.load(circle, 2 * q * v + offset)));
      const bytes = 3 ** q * v;
      w.loop(out, int.add(out, int.constant(bytes)), v, (at) => {
        const value = w.vector(vec.load(at));
        w.store(at, bytes, vec.mul(cosine, value));
        w.store(at, 2 * bytes, vec.mul(sine, value));
      });
    }
  });

/**
 * `backMoments(circle, moments, lambda, derivatives)`: derivatives with respect to each angle from those with respect
 * to moments, which it overwrites.
 */
export const backMomentsKernel = ({ vectorBytes: v }: Shape, slots: readonly number[]): Kernel =>
  writeKernel('backMoments', 4, (w) => {
    const [circle, moments, lambda, derivatives] = [0, 1, 2, 3].map(w.parameter);
    for (let q = slots.length - 1; q >= 0; q--) {
      const [cosine, sine] = [0, v].map((offset) => w.vector(vec.load(circle, 2 * q * v + offset)));
      const [byCosine, bySine] = [w.vector(vec.constant(0)), w.vector(vec.constant(0))];
      const bytes = 3 ** q * v;
      w.loop(int.constant(0), int.constant(bytes), v, (at) => {
        const address = w.int(int.add(lambda, at));
        const value = w.vector(vec.load(w.int(int.add(moments, at))));
        const [one, z, x] = [0, 1, 2].map((digit) => w.vector(vec.load(address, digit * bytes)));
        w.set(byCosine, vec.madd(z, value, byCosine));
        w.set(bySine, vec.madd(x, value, bySine));
        w.store(address, 0, vec.madd(sine, x, vec.madd(cosine, z, one)));
      });
      w.store(derivatives, slots[q] * v, vec.nmadd(sine, byCosine, vec.mul(cosine, bySine)));
    }
  });

/** `pairMoments(amplitudes, out)`: ψ_i·ψ_j for i ≤ j < count, row by row. */
export const pairMomentsKernel = ({ vectorBytes: v }: Shape, count: number): Kernel =>
  writeKernel('pairMoments', 2, (w) => {
    const [from, to] = [w.parameter(0), w.parameter(1)];
    let out = 0;
    for (let i = 0; i < count; i++) {
      const factor = w.vector(vec.load(from, i * v));
      w.loop(int.constant(0), int.constant((count - i) * v), v, (at) => {
        const other = vec.load(w.int(int.add(from, at)), i * v);
        w.store(w.int(int.add(to, at)), out, vec.mul(factor, other));
      });
      out += (count - i) * v;
    }
  });

/**
 * `backPairMoments(amplitudes, lambda, out)`: half the derivatives with respect to amplitudes from those with respect
 * to ψ_i·ψ_j; `out` must initially be `count` vectors of zeros.
 */
export const backPairMomentsKernel = ({ vectorBytes: v }: Shape, count: number): Kernel =>
  writeKernel('backPairMoments', 3, (w) => {
    const [from, lambda, out] = [0, 1, 2].map(w.parameter);
    let row = 0;
    for (let i = 0; i < count; i++) {
      const psi = w.vector(vec.load(from, i * v));
      const total = w.vector(vec.madd(vec.load(lambda, row), psi, vec.load(out, i * v)));
      if (i + 1 < count) {
        w.loop(int.constant(v), int.constant((count - i) * v), v, (at) => {
          const factor = w.vector(vec.mul(vec.constant(0.5), vec.load(w.int(int.add(lambda, at)), row)));
          w.set(total, vec.madd(factor, vec.load(w.int(int.add(from, at)), i * v), total));
          const other = w.int(int.add(out, at));
          w.store(other, i * v, vec.madd(factor, psi, vec.load(other, i * v)));
        });
      }
      w.store(out, i * v, total);
      row += (count - i) * v;
    }
  });

/** Number of moments per iteration of a loop: a divisor of their total number. */
const roundOf = (moments: number): number => [3, 2].find((size) => moments % size === 0) ?? 1;

/** `contract-g(moments, table, out)`: Σ table·moment for g outputs of a row. */
export function contractKernel(
  { vectorBytes: v, numberBytes, laneShift }: Shape,
  moments: number,
  outputs: number,
): Kernel {
  return writeKernel(`contract-${outputs}`, 3, (w) => {
    const sums = Array.from({ length: outputs }, () => w.vector(vec.constant(0)));
    const round = roundOf(moments);
    w.loop(int.constant(0), int.constant(moments * v), round * v, (at) => {
      const from = w.int(int.add(w.parameter(0), at));
      const table = w.int(int.add(w.parameter(1), int.right(at, laneShift)));
      for (let i = 0; i < round; i++) {
        const moment = w.vector(vec.load(from, i * v));
        sums.forEach((sum, k) => {
          w.set(sum, vec.madd(moment, vec.splat(table, (k * moments + i) * numberBytes), sum));
        });
      }
    });
    sums.forEach((sum, k) => {
      w.store(w.parameter(2), k * v, sum);
    });
  });
}

/** `spread(cotangents, table, lambda)`: Σ_k cotangent_k·table_k: a row's derivatives with respect to its moments. */
export function spreadKernel(
  { vectorBytes: v, numberBytes, laneShift }: Shape,
  moments: number,
  outputs: number,
): Kernel {
  return writeKernel('spread', 3, (w) => {
    const cotangents = Array.from({ length: outputs }, (_, k) => w.vector(vec.load(w.parameter(0), k * v)));
    w.loop(int.constant(0), int.constant(moments * v), v, (at) => {
      const table = w.int(int.add(w.parameter(1), int.right(at, laneShift)));
      const sum = w.vector(vec.constant(0));
      cotangents.forEach((cotangent, k) => {
        w.set(sum, vec.madd(cotangent, vec.splat(table, k * moments * numberBytes), sum));
      });
      w.store(w.int(int.add(w.parameter(2), at)), 0, sum);
    });
  });
}

/** Offsets in a block of rows of the data that `collect` reads. */
export interface RowOffsets {
  readonly moments: number;
  readonly cotangents: number;
  readonly bytes: number;
}

/** `collect-b(rows, totals)`: totals += cotangent·moment for every output, over b blocks of rows from `rows` on. */
export function collectKernel(
  { vectorBytes: v }: Shape,
  moments: number,
  outputs: number,
  rows: RowOffsets,
  blocks: number,
): Kernel {
  return writeKernel(`collect-${blocks}`, 2, (w) => {
    const all = Array.from({ length: blocks }, (_, b) => b * rows.bytes);
    for (let k = 0; k < outputs; k++) {
      const cotangents = all.map((block) => w.vector(vec.load(w.parameter(0), block + rows.cotangents + k * v)));
      w.loop(int.constant(0), int.constant(moments * v), v, (at) => {
        const total = w.int(int.add(w.parameter(1), at));
        const from = w.int(int.add(w.parameter(0), at));
        const sum = w.vector(vec.load(total, k * moments * v));
        all.forEach((block, b) => {
          w.set(sum, vec.madd(cotangents[b], vec.load(from, block + rows.moments), sum));
        });
        w.store(total, k * moments * v, sum);
      });
    }
  });
}

/**
 * `settle(totals, sums, bytes)`: sums += totals, and totals are reset to zero: fewer roundings than in one long sum.
 */
export const settleKernel = ({ vectorBytes }: Shape): Kernel =>
  writeKernel('settle', 3, (w) => {
    w.loop(int.constant(0), w.parameter(2), vectorBytes, (at) => {
      const [total, sum] = [0, 1].map((i) => w.int(int.add(w.parameter(i), at)));
      w.store(sum, 0, vec.add(vec.load(sum), vec.load(total)));
      w.store(total, 0, vec.constant(0));
    });
  });
