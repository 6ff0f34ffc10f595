import { DatasetError } from './dataset-error.ts';

/**
 * Splits `total` into whole numbers in proportion to `weights` by largest remainders; ties go to the lower index.
 * They sum to `total`. Throws DatasetError when `total` is no whole number ≥ 0 or no weight is positive.
 */
export function proportionalQuotas(total: number, weights: readonly number[]): number[] {
  if (!Number.isInteger(total) || total < 0) {
    throw new DatasetError('total', `total: ${total} is not a whole number of at least 0`);
  }
  const sum = weights.reduce((a, b) => a + b, 0);
  if (!(sum > 0) || weights.some((weight) => !(weight >= 0))) {
    throw new DatasetError('weights', `weights: [${weights.join(', ')}] must be at least 0 with one above 0`);
  }
  const exact = weights.map((weight) => (total * weight) / sum);
  const quotas = exact.map(Math.floor);
  const order = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  let left = total - quotas.reduce((a, b) => a + b, 0);
  for (const { index } of order) {
    if (left === 0) break;
    quotas[index]++;
    left--;
  }
  return quotas;
}

/** `total` in `classes` equal parts, the first ones greater by one where it does not divide. */
export function balancedQuotas(total: number, classes: number): number[] {
  return proportionalQuotas(total, new Array<number>(classes).fill(1));
}
