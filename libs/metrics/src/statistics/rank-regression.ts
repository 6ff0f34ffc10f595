import { createRandom } from '@qloom/random/random.ts';
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

/** The effects of all hyperparameters on the ranks of an outcome, and how much of it they explain together. */
export interface RankRegression {
  readonly effects: readonly RankEffect[];
  /** Number of observations. */
  readonly count: number;
  /** Share of the variance of the outcome's ranks that the hyperparameters explain, in [0, 1]. */
  readonly rSquared: number;
  /** Mean R² where the outcomes are permuted: what as many hyperparameters explain of nothing. */
  readonly rSquaredOfChance: number;
  /** Share of the permutations with an R² of at least this, that of the data among them. */
  readonly pValue: number;
}

/** Ranks with mean 0 and deviation 1; null where the values do not vary. */
function standardRanks(values: readonly number[]): number[] | null {
  const ranks = ranksOf(values);
  const mean = meanOf(ranks);
  const deviation = Math.sqrt(meanOf(ranks.map((rank) => (rank - mean) ** 2)));
  return deviation > 0 ? ranks.map((rank) => (rank - mean) / deviation) : null;
}

/** Options of {@link rankRegression}. */
export interface RankRegressionOptions {
  /** Two-sided confidence of the effects. Default .95. */
  readonly level?: number;
  /** Random orders of the outcome. Default 2,000. */
  readonly permutations?: number;
  readonly seed?: number | string;
}

/**
 * Least squares of the outcome's standardized ranks on those of all hyperparameters at once (Conover and Iman, 1981), with
 * HC3 errors (MacKinnon and White, 1985) and t intervals; a fit without residuals has no errors (level 0, p = 1). A
 * hyperparameter that does not vary is left out. With as many hyperparameters as there often are for few observations R² is
 * large by chance; it is compared with that of `permutations` random orders of the outcome. Throws MetricError where there are not at least two more observations than hyperparameters that vary, plus one.
 */
export function rankRegression(
  parameters: Readonly<Record<string, readonly number[]>>,
  outcome: readonly number[],
  { level = 0.95, permutations = 2000, seed = 0 }: RankRegressionOptions = {},
): RankRegression {
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
  const effects = columns.map(({ name }, j) => {
    const error = Math.sqrt(projected[j].reduce((sum, weight, i) => sum + weight * weight * squares[i], 0));
    // A perfect fit leaves no residual to judge it by.
    if (!(error > 0)) return { name, estimate: beta[j], low: beta[j], high: beta[j], level: 0, error, pValue: 1 };
    const pValue = 2 * studentCdf(-Math.abs(beta[j] / error), freedom);
    return { name, estimate: beta[j], low: beta[j] - t * error, high: beta[j] + t * error, level, error, pValue };
  });
  const ranks = columns.map((column) => column.ranks);
  return { effects, count: n, ...explained(ranks, projected, y, permutations, seed) };
}

/** R² of standardized ranks, and its distribution over permutations of them. */
function explained(
  columns: readonly (readonly number[])[],
  projected: readonly (readonly number[])[],
  y: readonly number[],
  permutations: number,
  seed: number | string,
): Pick<RankRegression, 'rSquared' | 'rSquaredOfChance' | 'pValue'> {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  };
  // The explained sum of squares is βᵀXᵀy with β = (XᵀX)⁻¹Xᵀy.
  const rSquaredOf = (outcome: ArrayLike<number>): number => {
    const share = columns.reduce((sum, column, j) => sum + dot(projected[j], outcome) * dot(column, outcome), 0);
    return Math.max(0, Math.min(1, share / Math.max(1e-300, dot(outcome, outcome))));
  };
  const rSquared = rSquaredOf(y);
  const random = createRandom(`rank-regression/${seed}`);
  const permuted = Float64Array.from(y);
  let [sum, hits] = [0, 0];
  for (let r = 0; r < permutations; r++) {
    const chance = rSquaredOf(random.shuffle(permuted));
    sum += chance;
    if (chance >= rSquared - 1e-12) hits++;
  }
  return { rSquared, rSquaredOfChance: sum / permutations, pValue: (hits + 1) / (permutations + 1) };
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
