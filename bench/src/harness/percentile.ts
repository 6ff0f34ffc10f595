/** The q-quantile (0 … 1) of some numbers, linear between ranks. NaN for none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const low = Math.floor(rank);
  return sorted[low] + (rank - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
