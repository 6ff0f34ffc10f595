import type { Random } from '@qloom/random/random.ts';

/**
 * Row numbers for one batch: a random permutation of all rows, and where the batch is larger than the data further ones, cut
 * to `size`. So the first min(size, rows) are distinct, which the entropy of real points needs.
 */
export function batchRows(rows: number, size: number, random: Random): Int32Array {
  const out = new Int32Array(size);
  for (let at = 0; at < size; at += rows) out.set(random.permutation(rows).subarray(0, size - at), at);
  return out;
}
