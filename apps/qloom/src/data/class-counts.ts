/**
 * `count` points over classes: all of class `only`, or in the proportions of `like` by largest remainders (equal parts
 * where `like` is all 0). The parts sum to `count`.
 */
export function classCountsFor(count: number, like: readonly number[], only?: number): number[] {
  if (only !== undefined) return like.map((_, label) => (label === only ? count : 0));
  const sum = like.reduce((a, b) => a + b, 0);
  const shares = like.map((part) => (sum === 0 ? count / like.length : (count * part) / sum));
  const counts = shares.map(Math.floor);
  const byRemainder = shares
    .map((share, label) => ({ label, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.label - b.label);
  const missing = count - counts.reduce((a, b) => a + b, 0);
  for (const { label } of byRemainder.slice(0, missing)) counts[label]++;
  return counts;
}
