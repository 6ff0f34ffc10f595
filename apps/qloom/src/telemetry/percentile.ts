/**
 * The `q`-quantile of values in rising order by linear interpolation between closest ranks: position q·(n − 1)
 * (Hyndman and Fan 1996, type 7: the default of R and NumPy). NaN for no values.
 */
export function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
