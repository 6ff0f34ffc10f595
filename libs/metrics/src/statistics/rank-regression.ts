import { MetricError } from '../metric-error.ts';
import { solvePositive } from '../solve-positive.ts';
import { type Interval, meanOf } from './interval.ts';
import { ranksOf } from './rank-correlation.ts';
import { studentCdf, studentQuantile } from './student-t.ts';

/** Effect of one hyperparameter on the ranks of the outcome, the others fixed. */
export interface RankEffect extends Interval {
  readonly name: string;
  /** Standard error, robust to unequal variances (HC3). */
  readonly error: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** Ranks with mean 0 and deviation 1; null where the values do not vary. */
function standardRanks(values: readonly number[]): number[] | null {
  const ranks = ranksOf(values);
  const mean = meanOf(ranks);
  const deviation = Math.sqrt(meanOf(ranks.map((rank) => (rank - mean) ** 2)));
  return deviation > 0 ? ranks.map((rank) => (rank - mean) / deviation) : null;
}

/**
 * Least squares of the outcome's standardized ranks on those of all hyperparameters at once (Conover and Iman, 1981), with
 * HC3 errors (MacKinnon and White, 1985) and t intervals; a fit without residuals has no errors (level 0, p = 1). A
 * hyperparameter that does not vary is left out. Throws
 * MetricError where there are not at least two more observations than hyperparameters that vary, plus one.
 */
export function rankRegression(
  parameters: Readonly<Record<string, readonly number[]>>,
  outcome: readonly number[],
  level = 0.95,
): RankEffect[] {
  const n = outcome.length;
  for (const [name, values] of Object.entries(parameters)) {
    if (values.length !== n)
      throw new MetricError(name, `rankRegression: '${name}' has ${values.length} values for ${n} outcomes`);
  }
  const columns = Object.entries(parameters).flatMap(([name, values]) => {
    const ranks = standardRanks(values);
    return ranks ? [{ name, ranks }] : [];
  });
  const p = columns.length;
  if (n < p + 3)
    throw new MetricError('outcome', `rankRegression: ${n} outcomes for ${p} hyperparameters; give at least ${p + 3}`);
  const y = standardRanks(outcome) ?? new Array<number>(n).fill(0);
  const inverse = inverseGram(columns.map(({ ranks }) => ranks));
  const projected = columns.map((_, j) =>
    Array.from({ length: n }, (__, i) => columns.reduce((sum, { ranks }, k) => sum + inverse[j * p + k] * ranks[i], 0)),
  );
  const beta = projected.map((weights) => weights.reduce((sum, weight, i) => sum + weight * y[i], 0));
  const squares = Array.from({ length: n }, (_, i) => {
    const residual = y[i] - columns.reduce((sum, { ranks }, j) => sum + ranks[i] * beta[j], 0);
    const leverage = 1 / n + columns.reduce((sum, { ranks }, j) => sum + ranks[i] * projected[j][i], 0);
    return (residual / Math.max(1e-9, 1 - leverage)) ** 2;
  });
  const freedom = n - p - 1;
  const t = studentQuantile((1 + level) / 2, freedom);
  return columns.map(({ name }, j) => {
    const error = Math.sqrt(projected[j].reduce((sum, weight, i) => sum + weight * weight * squares[i], 0));
    // A perfect fit leaves no residual to judge it by.
    if (!(error > 0)) return { name, estimate: beta[j], low: beta[j], high: beta[j], level: 0, error, pValue: 1 };
    const pValue = 2 * studentCdf(-Math.abs(beta[j] / error), freedom);
    return { name, estimate: beta[j], low: beta[j] - t * error, high: beta[j] + t * error, level, error, pValue };
  });
}

/** (XᵀX)⁻¹ with 1e-9·n on the diagonal, so that hyperparameters that rank alike share their effect. */
function inverseGram(columns: readonly (readonly number[])[]): Float64Array {
  const p = columns.length;
  const out = new Float64Array(p * p);
  for (let k = 0; k < p; k++) {
    const gram = new Float64Array(p * p);
    for (let a = 0; a < p; a++) {
      for (let b = 0; b < p; b++)
        gram[a * p + b] = columns[a].reduce((sum, value, i) => sum + value * columns[b][i], 0);
      gram[a * p + a] += 1e-9 * columns[a].length;
    }
    const unit = new Float64Array(p);
    unit[k] = 1;
    solvePositive(gram, unit, p);
    for (let j = 0; j < p; j++) out[j * p + k] = unit[j];
  }
  return out;
}
