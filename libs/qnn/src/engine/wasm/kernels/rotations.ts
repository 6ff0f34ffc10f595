import type { Shape } from '../lowering/shape.ts';
import { type Int, type Local, type Vector, vec, type Writer } from '../printing/ir.ts';

/**
 * Coefficients of real rotations in tangent form: cos·[[1, −t], [t, 1]] with t = tan(a/2). A pair takes two
 * multiply-adds, and the cosines of a group are applied as one factor at the end.
 */
export interface Coefficients {
  readonly tangents: readonly Local[];
  readonly factor: Local | null;
}

/** Loads `count` pairs (tangent, cosine), which follow one another in memory. */
export function loadCoefficients(writer: Writer, address: Int, count: number, { vectorBytes }: Shape): Coefficients {
  const load = (i: number) => writer.vector(vec.load(address, i * vectorBytes));
  const tangents = Array.from({ length: count }, (_, i) => load(2 * i));
  const cosines = Array.from({ length: count }, (_, i) => load(2 * i + 1));
  const factor = cosines.length === 0 ? null : cosines.reduce((all, one) => writer.vector(vec.mul(all, one)));
  return { tangents, factor };
}

/** Rotates the 2^k amplitudes of a coset in registers, or applies the inverse. */
export function rotate(
  writer: Writer,
  amplitudes: readonly Local[],
  { tangents, factor }: Coefficients,
  direction: 'forward' | 'inverse',
): void {
  const [first, second] = direction === 'forward' ? [vec.nmadd, vec.madd] : [vec.madd, vec.nmadd];
  tangents.forEach((tangent, bit) => {
    for (const [low, high] of pairs(amplitudes, bit)) {
      const before = writer.vector(low);
      writer.set(low, first(tangent, high, low));
      writer.set(high, second(tangent, before, high));
    }
  });
  if (factor) for (const amplitude of amplitudes) writer.set(amplitude, vec.mul(amplitude, factor));
}

/** Adds Σ λ₁φ₀ − λ₀φ₁ for each bit: the derivative with respect to each rotation's angle. */
export function addDerivatives(
  writer: Writer,
  lambda: readonly Local[],
  phi: readonly Vector[],
  sums: readonly Local[],
): void {
  sums.forEach((sum, bit) => {
    const phis = pairs(phi, bit);
    pairs(lambda, bit).forEach(([low, high], i) => {
      writer.set(sum, vec.madd(high, phis[i][0], sum));
      writer.set(sum, vec.nmadd(low, phis[i][1], sum));
    });
  });
}

function pairs<T extends Vector>(amplitudes: readonly T[], bit: number): [T, T][] {
  const out: [T, T][] = [];
  amplitudes.forEach((low, h) => {
    if (!((h >> bit) & 1)) out.push([low, amplitudes[h | (1 << bit)]]);
  });
  return out;
}
