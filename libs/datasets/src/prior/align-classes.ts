import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { choleskyFactor } from '../sampling/cholesky.ts';
import { classMoments } from './within-class-covariance.ts';

/** Points of a source domain after alignment. */
export interface AlignedPoints {
  readonly points: Points;
  /** w, in [0, 1]: the share of the difference between class means by which the points were moved. */
  readonly weight: number;
}

/**
 * Moves the points of a source domain, class by class, towards the class means of few labelled points: x ← x + w·(m_c − s_c),
 * m_c the mean of the labelled points of the class, s_c that of the source's. The means of few points are noisy, and the
 * domains may hardly differ; w is the positive part of the James–Stein estimator, which shrinks all differences
 * d_c = m_c − s_c towards 0,
 *
 *     w = max(0, 1 − (p − 2)/Σ_c d_cᵀ P⁻¹ d_c/(1/n_c + 1/k_c)),
 *
 * P the pooled covariance within classes of the labelled points (`classMoments`), n_c and k_c the numbers of labelled and of source
 * points of class c, p the number of differences: features times classes that both have (James and Stein, "Estimation with
 * quadratic loss", 1961). If d_c is no larger than its sampling error w is about 0, if it is much larger about 1. A class
 * that one of them lacks stays where it is. `share`, in [0, 1], multiplies w. Both need the same features and classes.
 */
export function alignClasses(source: Points, labelled: Points, share = 1): AlignedPoints {
  const { features } = source;
  const own = classMoments(labelled);
  const theirs = classMoments(source).means;
  const lower = choleskyFactor(own.covariance, features);
  const [n, k] = [classCounts(labelled), classCounts(source)];
  let differences = 0;
  let statistic = 0;
  const shifts = own.means.map((mean, label) => {
    const other = theirs[label];
    if (mean === undefined || other === undefined) return undefined;
    const shift = mean.map((value, j) => value - other[j]);
    const { squares, rank } = whitened(shift, lower);
    differences += rank;
    statistic += squares / (1 / n[label] + 1 / k[label]);
    return shift;
  });
  const estimated = statistic > 0 ? Math.min(1, Math.max(0, 1 - (differences - 2) / statistic)) : 0;
  const weight = share * estimated;
  const x = source.x.map((value, i) => {
    const shift = shifts[source.y[Math.floor(i / features)]];
    return shift === undefined ? value : value + weight * shift[i % features];
  });
  return { points: { ...source, x }, weight };
}

/** dᵀ P⁻¹ d for P = L·Lᵀ, over the directions in which P has a spread, and their number. */
function whitened(d: Float64Array, lower: Float64Array): { readonly squares: number; readonly rank: number } {
  const size = d.length;
  const z = new Float64Array(size);
  let squares = 0;
  let rank = 0;
  for (let i = 0; i < size; i++) {
    const pivot = lower[i * size + i];
    if (pivot === 0) continue;
    let sum = d[i];
    for (let j = 0; j < i; j++) sum -= lower[i * size + j] * z[j];
    z[i] = sum / pivot;
    squares += z[i] ** 2;
    rank++;
  }
  return { squares, rank };
}
