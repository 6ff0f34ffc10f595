import { DatasetError } from '../points/dataset-error.ts';

/**
 * Splits `total` into whole numbers in proportion to `weights` by largest remainders (Hamilton's method); ties go to
 * the lower index. They sum to `total`, and each differs from its exact share by less than one. All arithmetic is on
 * integers, so that equal remainders compare equal. Throws DatasetError if `total` or a weight is not a whole number ≥
 * 0, or no weight is positive.
 */
export function proportionalQuotas(total: number, weights: readonly number[]): number[] {
  if (!Number.isInteger(total) || total < 0) {
    throw new DatasetError('total', `total: ${total} is not a whole number of at least 0`);
  }
  if (!weights.some((weight) => weight > 0) || !weights.every((weight) => Number.isInteger(weight) && weight >= 0)) {
    throw new DatasetError(
      'weights',
      `weights: [${weights.join(', ')}] must be whole numbers of at least 0, with one above 0`,
    );
  }
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  const shares = weights.map((weight) => BigInt(total) * BigInt(weight));
  const quotas = shares.map((share) => Number(share / sum));
  const remainders = shares.map((share) => share % sum);
  const order = remainders.map((_, index) => index).sort((a, b) => compare(remainders[b], remainders[a]) || a - b);
  const left = total - quotas.reduce((a, b) => a + b, 0);
  for (const index of order.slice(0, left)) quotas[index]++;
  return quotas;
}

/**
 * Like {@link proportionalQuotas}, but every positive weight gets at least one if `total` is at least the number of
 * positive weights. Each such one is taken from the quota of at least two that exceeds its exact share most, at the
 * higher index for equal ones: of all quotas with at least one per positive weight, these have the smallest squared
 * distance to the exact shares. The larger of two weights never has the smaller quota.
 */
export function coveringQuotas(total: number, weights: readonly number[]): number[] {
  const quotas = proportionalQuotas(total, weights);
  if (total < weights.filter((weight) => weight > 0).length) return quotas;
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  const excess = (index: number) => BigInt(quotas[index]) * sum - BigInt(total) * BigInt(weights[index]);
  for (let index = 0; index < quotas.length; index++) {
    if (quotas[index] > 0 || weights[index] === 0) continue;
    const giver = quotas
      .map((_, candidate) => candidate)
      .filter((candidate) => quotas[candidate] > 1)
      .reduce((best, candidate) => (excess(candidate) >= excess(best) ? candidate : best));
    quotas[giver]--;
    quotas[index] = 1;
  }
  return quotas;
}

/** Divides `total` into `classes` equal parts, the first ones larger by one if it is not divisible. */
export function balancedQuotas(total: number, classes: number): number[] {
  return proportionalQuotas(total, new Array<number>(classes).fill(1));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
