import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import { fitStandardizer } from '../preprocessing/standardizer.ts';
import { choleskyFactor } from '../sampling/cholesky.ts';
import { type ShrunkCovariance, shrunkCovariance } from '../sampling/shrunk-covariance.ts';

/** Centre and spread of one class in the data's own units. */
export interface ClassSpread {
  /** Shape [features]. */
  readonly mean: Float64Array;
  /** Lower triangle L, row-major [features, features]: L·N(0, I) has the class's shrunk covariance. */
  readonly lower: Float64Array;
}

/**
 * Shrunk covariance of the class's rows (Ledoit and Wolf), estimated in standardized features so that units do not
 * matter. A class with one row takes the spread within all classes pooled; where no class has two, there is none.
 */
export function classSpread(points: Points, rows: readonly number[]): ClassSpread {
  const { features } = points;
  const { mean, scale } = fitStandardizer(points);
  const standardized = (chosen: readonly number[]): Float64Array => {
    const x = new Float64Array(chosen.length * features);
    chosen.forEach((row, i) => {
      for (let j = 0; j < features; j++) x[i * features + j] = (points.x[row * features + j] - mean[j]) / scale[j];
    });
    return x;
  };
  const own = shrunkCovariance(standardized(rows), rows.length, features);
  const spread = rows.length > 1 ? own : { ...own, covariance: pooledCovariance(points, standardized) };
  const lower = choleskyFactor(spread.covariance, features);
  for (let j = 0; j < features; j++) for (let k = 0; k <= j; k++) lower[j * features + k] *= scale[j];
  return { mean: own.mean.map((value, j) => value * scale[j] + mean[j]), lower };
}

function pooledCovariance(points: Points, standardized: (rows: readonly number[]) => Float64Array): Float64Array {
  const { features } = points;
  const centred: number[] = [];
  for (const rows of rowsByClass(points)) {
    if (rows.length < 2) continue;
    const x = standardized(rows);
    const { mean }: ShrunkCovariance = shrunkCovariance(x, rows.length, features);
    for (let i = 0; i < x.length; i++) centred.push(x[i] - mean[i % features]);
  }
  if (centred.length === 0) return new Float64Array(features * features);
  return shrunkCovariance(centred, centred.length / features, features).covariance;
}

/** out += factor·L·z with z standard normal. */
export function addSpread(out: Float64Array, lower: Float64Array, factor: number, normal: () => number): void {
  const features = out.length;
  const z = Float64Array.from({ length: features }, normal);
  for (let j = 0; j < features; j++) {
    let sum = 0;
    for (let k = 0; k <= j; k++) sum += lower[j * features + k] * z[k];
    out[j] += factor * sum;
  }
}
