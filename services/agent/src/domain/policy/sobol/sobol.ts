import type { Random } from '@qloom/random/random.ts';
import { JOE_KUO } from './joe-kuo.ts';

/** Dimensions that have direction numbers; those beyond are filled with independent uniform numbers. */
export const SOBOL_DIMENSIONS = JOE_KUO.length + 1;

const BITS = 32;

/** The 32 direction numbers of a dimension (0-based) as unsigned 32-bit words, most significant bit first. */
export function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let k = 0; k < BITS; k++) v[k] = 2 ** (31 - k);
    return v;
  }
  const [s, a, ...m] = JOE_KUO[dimension - 1];
  for (let k = 0; k < BITS; k++) {
    if (k < s) {
      v[k] = m[k] * 2 ** (31 - k);
      continue;
    }
    let word = v[k - s] ^ (v[k - s] >>> s);
    for (let i = 1; i < s; i++) if ((a >>> (s - 1 - i)) & 1) word ^= v[k - i];
    v[k] = word >>> 0;
  }
  return v;
}

/** A scrambled Sobol sequence. */
export interface Sobol {
  /** Point `index` (from 0), each coordinate in [0, 1). */
  point(index: number): Float64Array;
}

/**
 * Sobol points scrambled by a random linear matrix and a digital shift (Matoušek, J. Complexity 14, 1998): every power of
 * two of points still has one in each elementary interval, and each point is uniform over seeds.
 */
export function createSobol(dimensions: number, random: Random): Sobol {
  const covered = Math.min(dimensions, SOBOL_DIMENSIONS);
  const words = Array.from({ length: covered }, (_, d) => scramble(directionNumbers(d), random.fork(`matrix-${d}`)));
  const shifts = words.map((_, d) => random.seedFor(`shift-${d}`));
  return {
    point(index) {
      const point = new Float64Array(dimensions);
      const rest = random.fork(`point-${index}`);
      for (let d = 0; d < dimensions; d++) {
        if (d >= covered) {
          point[d] = rest.uniform();
          continue;
        }
        let word = shifts[d];
        for (let bit = 0, left = index; left > 0; bit++, left >>>= 1) if (left & 1) word ^= words[d][bit];
        point[d] = (word >>> 0) / 2 ** BITS;
      }
      return point;
    },
  };
}

/** Multiplies every direction number by one random lower triangular matrix over GF(2) with a unit diagonal. */
function scramble(v: Uint32Array, random: Random): Uint32Array {
  const rows = Uint32Array.from({ length: BITS }, (_, row) => {
    const diagonal = 2 ** (31 - row);
    const above = row === 0 ? 0 : Math.floor(random.uniform() * 2 ** row) * 2 ** (32 - row);
    return above + diagonal;
  });
  return v.map((word) => {
    let out = 0;
    for (let row = 0; row < BITS; row++) if (parity(word & rows[row])) out |= 1 << (31 - row);
    return out >>> 0;
  });
}

function parity(word: number): number {
  let x = word ^ (word >>> 16);
  x ^= x >>> 8;
  x ^= x >>> 4;
  x ^= x >>> 2;
  return (x ^ (x >>> 1)) & 1;
}
