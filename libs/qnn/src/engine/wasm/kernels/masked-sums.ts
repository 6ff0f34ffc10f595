import { bits } from '../lowering/lower.ts';
import type { Shape } from '../lowering/shape.ts';
import { type Int, int, type Local, type Vector, vec, type Writer } from '../printing/ir.ts';

/** Address of the numbers 1 and −1, one after the other. */
export type SignAddress = number;

/** v, or −v if the parity of `mask` over the index of the vector at byte offset `at` is odd. */
export function signedBy(
  writer: Writer,
  value: Vector,
  mask: number,
  at: Int,
  signs: SignAddress,
  shape: Shape,
): Vector {
  if (mask === 0) return value;
  const odd = int.parity(at, mask << shape.vectorShift);
  const sign = writer.int(int.left(odd, Math.log2(shape.numberBytes)));
  return vec.mul(value, vec.splat(sign, signs));
}

/** The position of the highest bit that is one. */
export const topBit = (mask: number): number => 31 - Math.clz32(mask);

/**
 * Σ_k (−1)^|k ∧ mask|·v_k for several masks at once: folds the array in halves from the highest qubit down, so that all
 * masks of one bit together cost two additions per element. The first fold reads `v` by `load`; the folded array is
 * kept at `scratch`. Sum i is stored at `out` + i vectors.
 */
export function writeMaskedSums(
  w: Writer,
  masks: readonly number[],
  options: {
    readonly load: (at: Int) => Vector;
    readonly scratch: number;
    readonly out: Int;
    readonly signs: SignAddress;
    readonly shape: Shape;
  },
): void {
  const { load, scratch, out, signs, shape } = options;
  const { qubits, vectorBytes } = shape;
  const lowest = Math.min(...masks.map(topBit));
  for (let q = qubits - 1; q >= lowest; q--) {
    const half = vectorBytes << q;
    const here = masks.flatMap((mask, i) => (topBit(mask) === q ? [{ rest: mask ^ (1 << q), i }] : []));
    const sums: Local[] = here.map(() => w.vector(vec.constant(0)));
    w.loop(int.constant(0), int.constant(half), vectorBytes, (at) => {
      const first = q === qubits - 1;
      const low = w.vector(first ? load(at) : vec.load(at, scratch));
      const high = w.vector(first ? load(w.int(int.add(at, int.constant(half)))) : vec.load(at, scratch + half));
      if (sums.length > 0) {
        const difference = w.vector(vec.sub(low, high));
        sums.forEach((sum, j) => {
          w.set(sum, vec.add(sum, signedBy(w, difference, here[j].rest, at, signs, shape)));
        });
      }
      if (q > lowest) w.store(at, scratch, vec.add(low, high));
    });
    sums.forEach((sum, j) => {
      w.store(out, here[j].i * vectorBytes, sum);
    });
  }
}

/** Whether every mask is one qubit. */
export const areSingles = (masks: readonly number[]): boolean => masks.every((mask) => bits(mask) === 1);
