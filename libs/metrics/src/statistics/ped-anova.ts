import { MetricError } from '../metric-error.ts';
import { normalCdf } from '../special-functions.ts';

/** One hyperparameter's values over all episodes. */
export type TrialColumn =
  | {
      readonly kind: 'number';
      /** Values on the scale on which they were searched (the logarithm for a logarithmic range), within low … high. */
      readonly values: readonly number[];
      readonly low: number;
      readonly high: number;
    }
  | { readonly kind: 'category'; readonly values: readonly string[]; readonly choices: readonly string[] };

const GRID = 50;

/** Probability of each cell of a grid over the range: Gaussian kernels, Scott's bandwidth, and one prior kernel that is flat. */
function density(column: TrialColumn, rows: readonly number[]): number[] {
  if (column.kind === 'category') {
    const { choices, values } = column;
    const counts = choices.map((choice) => rows.filter((row) => values[row] === choice).length + 1 / choices.length);
    return counts.map((count) => count / (rows.length + 1));
  }
  const { values, low, high } = column;
  const at = rows.map((row) => (values[row] - low) / (high - low));
  const mean = at.reduce((a, b) => a + b, 0) / at.length;
  const deviation = Math.sqrt(at.reduce((sum, u) => sum + (u - mean) ** 2, 0) / Math.max(1, at.length - 1));
  const bandwidth = Math.max(1.06 * deviation * at.length ** -0.2, 0.5 / GRID);
  const cells = new Array<number>(GRID).fill(1 / GRID);
  for (const u of at) {
    // The kernel is cut to the range, so that no probability leaves it.
    const below = normalCdf(-u / bandwidth);
    const inside = normalCdf((1 - u) / bandwidth) - below;
    let before = below;
    for (let cell = 0; cell < GRID; cell++) {
      const upTo = normalCdf(((cell + 1) / GRID - u) / bandwidth);
      cells[cell] += (upTo - before) / inside;
      before = upTo;
    }
  }
  return cells.map((cell) => cell / (at.length + 1));
}

/**
 * PED-ANOVA importance (Watanabe, Bansal and Hutter, 2023): for each hyperparameter the Pearson divergence
 * Σ (p_top/p_all − 1)²·p_all between where the best `share` of the episodes lie and where all lie, divided by the sum.
 * Higher outcomes are better. Shares sum to 1 (all 0 where nothing differs). Throws MetricError with fewer than 4 episodes.
 */
export function pedAnovaImportance(
  columns: Readonly<Record<string, TrialColumn>>,
  outcome: readonly number[],
  share = 0.25,
): Record<string, number> {
  const n = outcome.length;
  if (n < 4) throw new MetricError('outcome', `pedAnovaImportance: ${n} episodes; give at least 4`);
  const all = outcome.map((_, i) => i);
  const top = [...all].sort((i, j) => outcome[j] - outcome[i] || i - j).slice(0, Math.max(2, Math.round(share * n)));
  const divergence = Object.entries(columns).map(([name, column]): [string, number] => {
    if (column.values.length !== n)
      throw new MetricError(name, `pedAnovaImportance: '${name}' has ${column.values.length} values for ${n}`);
    const [best, base] = [density(column, top), density(column, all)];
    return [name, best.reduce((sum, p, cell) => sum + (p / base[cell] - 1) ** 2 * base[cell], 0)];
  });
  const total = divergence.reduce((sum, [, value]) => sum + value, 0);
  return Object.fromEntries(divergence.map(([name, value]) => [name, total > 0 ? value / total : 0]));
}
