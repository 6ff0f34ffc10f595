import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import { shrunkCovariance } from '../sampling/shrunk-covariance.ts';

/** Mean of each class, and the covariance that all classes share. */
export interface ClassMoments {
  /** Mean of each class, shape [features]; undefined for a class without a row. */
  readonly means: readonly (Float64Array | undefined)[];
  /** P, row-major [features, features]. */
  readonly covariance: Float64Array;
}

/**
 * Class means m_c and the pooled covariance within classes, P = n/(n − K) · S: S is the shrunk covariance of the deviations
 * x_i − m_c(i) (Ledoit and Wolf, 2004), n the number of rows, K the number of classes that have one. The factor makes the
 * unshrunk part unbiased: K means were estimated from the same rows. A class with one row has the spread of the others;
 * where no class has two rows, P is the covariance of all rows about their common mean. A single row has no spread.
 */
export function classMoments(points: Points): ClassMoments {
  const { count, features, x, y } = points;
  const means = rowsByClass(points).map((rows) => (rows.length > 0 ? meanOf(points, rows) : undefined));
  const present = means.filter((mean) => mean !== undefined).length;
  const pooled = count > present;
  const deviations = Float64Array.from({ length: pooled ? x.length : 0 }, (_, i) => {
    return x[i] - (means[y[Math.floor(i / features)]] as Float64Array)[i % features];
  });
  const { covariance } = shrunkCovariance(pooled ? deviations : x, count, features);
  const estimated = pooled ? present : 1;
  const factor = count > estimated ? count / (count - estimated) : 0;
  return { means, covariance: covariance.map((value) => factor * value) };
}

function meanOf({ features, x }: Points, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(features);
  for (const row of rows) for (let j = 0; j < features; j++) mean[j] += x[row * features + j] / rows.length;
  return mean;
}
