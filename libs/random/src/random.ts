import { hashToWords } from './hash.ts';

/** A seeded source of random numbers. The same seed gives the same numbers on every machine and every run. */
export interface Random {
  /** A float64 in [0, 1) with 32 random bits. */
  uniform(): number;
  /** An integer in [0, bound). Throws RangeError unless `bound` is an integer in [1, 2^32]. */
  integer(bound: number): number;
  /** A standard normal float64 (Box and Muller, 1958). */
  normal(): number;
  /** `count` standard normals times `scale`, as float32. */
  normals(count: number, scale?: number): Float32Array;
  /** Shuffles in place (Fisher and Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** A random permutation of 0 … count − 1. */
  permutation(count: number): Int32Array;
  /**
   * An independent stream, a function of this stream's seed and `label` alone: how much was drawn here does not
   * matter, so adding a draw in one place never changes another.
   */
  fork(label: string | number): Random;
  /** A 32-bit seed for another generator, a function of this stream's seed and `label` alone. */
  seedFor(label: string | number): number;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state filled
 * from a hash of the seed.
 */
class Xoshiro128 implements Random {
  readonly #seed: string;
  readonly #words: Uint32Array;
  /** The unused half of the last pair of normals. */
  #spareNormal: number | null = null;

  constructor(seed: string) {
    this.#seed = seed;
    this.#words = Uint32Array.from(hashToWords(seed));
  }

  #next(): number {
    const s = this.#words;
    const x = Math.imul(s[1], 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  uniform(): number {
    return this.#next() / 4294967296;
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296) {
      throw new RangeError(`random.integer: bound ${bound} is not an integer in [1, 2^32]`);
    }
    const limit = 4294967296 - (4294967296 % bound);
    let draw = this.#next();
    while (draw >= limit) draw = this.#next();
    return draw % bound;
  }

  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  normals(count: number, scale = 1): Float32Array {
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) out[i] = scale * this.normal();
    return out;
  }

  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }

  permutation(count: number): Int32Array {
    const numbers = new Int32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = i;
    return this.shuffle(numbers);
  }

  fork(label: string | number): Random {
    return new Xoshiro128(`${this.#seed}/${label}`);
  }

  seedFor(label: string | number): number {
    return hashToWords(`${this.#seed}/${label}`)[0];
  }
}

/** A random source from an integer or a text. `createRandom(7)` and `createRandom('7')` are the same stream. */
export function createRandom(seed: number | bigint | string): Random {
  return new Xoshiro128(String(seed));
}
