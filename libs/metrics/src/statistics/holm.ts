import { MetricError } from '../metric-error.ts';

/**
 * Holm's step-down adjusted p-values (1979), in the order given: reject where they are at most α, and the chance of any
 * false claim is at most α. Throws MetricError on a p-value outside [0, 1].
 */
export function holmAdjust(pValues: readonly number[]): number[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new MetricError('pValues', `holmAdjust: ${wrong} is not in [0, 1]`);
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  order.forEach((i, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[i]));
    adjusted[i] = highest;
  });
  return adjusted;
}
