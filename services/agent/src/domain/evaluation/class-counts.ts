/**
 * Points to make of each class: `ratio` times the real ones, in the real proportions, shares rounded so that the total is
 * right (largest remainders first) and no class with a real point is left without a synthetic one.
 */
export function syntheticCounts(realCounts: readonly number[], ratio: number): number[] {
  const real = realCounts.reduce((sum, count) => sum + count, 0);
  const total = Math.round(ratio * real);
  if (total === 0 || real === 0) return realCounts.map(() => 0);
  const exact = realCounts.map((count) => (total * count) / real);
  const counts = exact.map(Math.floor);
  const byRemainder = exact
    .map((value, c) => ({ c, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.c - b.c);
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  for (const { c } of byRemainder.slice(0, missing)) counts[c]++;
  return counts.map((count, c) => (count === 0 && realCounts[c] > 0 ? 1 : count));
}
