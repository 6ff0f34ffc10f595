import type { Random } from '@qloom/random/random.ts';

/**
 * Returns the row numbers for one batch: a random permutation of all rows, followed by further ones if the batch is
 * larger than the data, cut to `size`. The first min(size, rows) are distinct, which the entropy of real points
 * requires.
 */
export function batchRows(rows: number, size: number, random: Random): Int32Array {
  const out = new Int32Array(size);
  for (let at = 0; at < size; at += rows) out.set(random.permutation(rows).subarray(0, size - at), at);
  return out;
}
