import { parity } from '@qloom/quantum/simulation/statevector.ts';

/**
 * A permutation of basis states that is affine over GF(2), k ↦ A·k ⊕ offset: the product of CNOT, SWAP and X gates. Bit
 * q of the image is the parity of `rows[q] & k`, plus bit q of `offset`.
 */
export interface AffineMap {
  readonly rows: readonly number[];
  readonly offset: number;
}

/** k ↦ k on `qubits` bits. */
export const identityMap = (qubits: number): AffineMap => ({
  rows: Array.from({ length: qubits }, (_, q) => 1 << q),
  offset: 0,
});

/** Whether the map is the identity. */
export const isIdentity = ({ rows, offset }: AffineMap): boolean =>
  offset === 0 && rows.every((row, q) => row === 1 << q);

/** A·k, without the offset. */
export function applyLinear({ rows }: AffineMap, k: number): number {
  let image = 0;
  for (let q = 0; q < rows.length; q++) image |= parity(rows[q] & k) << q;
  return image;
}

/** A·k ⊕ offset. */
export const applyMap = (map: AffineMap, k: number): number => applyLinear(map, k) ^ map.offset;

/** First `first`, then `next`. */
export function composeMaps(next: AffineMap, first: AffineMap): AffineMap {
  const rows = next.rows.map((row) => transposeApply(first, row));
  return { rows, offset: applyMap(next, first.offset) };
}

/** Aᵀ·z: the mask whose parity before the map is the parity of `z` after it (the offset apart). */
export function transposeApply({ rows }: AffineMap, z: number): number {
  let mask = 0;
  for (let q = 0; q < rows.length; q++) if ((z >> q) & 1) mask ^= rows[q];
  return mask;
}

/** Whether the map involves qubit q. */
export function touches({ rows, offset }: AffineMap, q: number): boolean {
  if (rows[q] !== 1 << q || (offset >> q) & 1) return true;
  return rows.some((row, other) => other !== q && (row >> q) & 1);
}

/** The inverse map, by elimination. */
export function invertMap(map: AffineMap): AffineMap {
  const n = map.rows.length;
  const left = [...map.rows];
  const right = Array.from({ length: n }, (_, q) => 1 << q);
  for (let column = 0; column < n; column++) {
    const pivot = left.findIndex((row, r) => r >= column && (row >> column) & 1);
    [left[column], left[pivot]] = [left[pivot], left[column]];
    [right[column], right[pivot]] = [right[pivot], right[column]];
    for (let r = 0; r < n; r++) {
      if (r === column || !((left[r] >> column) & 1)) continue;
      left[r] ^= left[column];
      right[r] ^= right[column];
    }
  }
  const linear = { rows: right, offset: 0 };
  return { rows: right, offset: applyLinear(linear, map.offset) };
}

/** The images of all basis states, each times `scale`. */
export function mapTable(map: AffineMap, scale: number): Uint32Array {
  const n = map.rows.length;
  const table = new Uint32Array(2 ** n);
  table[0] = map.offset * scale;
  for (let q = 0; q < n; q++) {
    const column = applyLinear(map, 1 << q) * scale;
    for (let k = 0; k < 1 << q; k++) table[k + (1 << q)] = table[k] ^ column;
  }
  return table;
}
