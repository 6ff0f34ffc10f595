import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import { takeInTurn } from '../augmentations/synthesize.ts';
import { fitStandardizer, type Standardizer, standardize, unstandardize } from '../preprocessing/standardizer.ts';
import { choleskyFactor } from '../sampling/cholesky.ts';
import type { FeatureRange } from '../tasks/task.ts';
import { measureWithShots } from './shot-layer.ts';
import { classMoments } from './within-class-covariance.ts';

/** Options of a prior. */
export interface PriorOptions {
  /** ρ, in [0, 1]. Default: {@link defaultRho}. */
  readonly rho?: number;
  /** Shots behind each feature, where features are expectations: draws are then measured with as many. */
  readonly shots?: number | null;
  /** Limits of the features: values beyond are set to them. Absent: no limits. */
  readonly physical?: readonly FeatureRange[];
  /** Whether the points are standardized already; otherwise the covariance is shrunk in standardized features. Default false. */
  readonly standardized?: boolean;
}

/** The density of labelled points that few labels suffice for. */
export interface Prior {
  /** ρ in force. */
  readonly rho: number;
  readonly classes: number;
  /** m_c, one row per class; the mean of all rows for a class without one. Shape [classes, features]. */
  readonly means: Float32Array;
  /**
   * Draws `count` points of class `label`, in the units of the points that it was fitted to. Throws DatasetError for a
   * class without a row.
   */
  draw(label: number, count: number, random: Random): Points;
}

/** ρ by default: .7 where the number of shots is known, because the shot layer then spreads draws by itself; otherwise 0. */
export function defaultRho(shots: number | null | undefined): number {
  return shots ? 0.7 : 0;
}

/**
 * Fits the prior to labelled points. In standardized features a draw of class c is
 *
 *     x = m_c + ρ·(x_i − m_c) + √(1 − ρ²)·P^½·ε,  ε ~ N(0, I),
 *
 * x_i the rows of the class in turn, shuffled; m_c its mean and P the pooled covariance within classes (`classMoments`). ρ = 0 is
 * a Gaussian per class with a common covariance, the model of linear discriminant analysis; ρ > 0 a kernel density whose
 * covariance is P for every ρ. Values are then limited to `physical` and, with known shots, measured
 * (`measureWithShots`). Throws DatasetError where there is no row or ρ is outside [0, 1].
 */
export function fitPrior(points: Points, options: PriorOptions = {}): Prior {
  const { physical, shots } = options;
  const { features, classes } = points;
  const rho = options.rho ?? defaultRho(shots);
  if (!(rho >= 0 && rho <= 1)) throw new DatasetError('rho', `rho: ${rho} is not within 0 … 1`);
  if (physical && physical.length !== features) {
    throw new DatasetError('physical', `physical: ${physical.length} ranges for ${features} features; give one each`);
  }
  const standardizer = options.standardized ? unitScale(features) : fitStandardizer(points);
  const standard = standardize(standardizer, points);
  const { means, covariance } = classMoments(standard);
  const lower = choleskyFactor(covariance, features);
  const rows = rowsByClass(points);
  const fresh = Math.sqrt(1 - rho * rho);

  const centres = new Float32Array(classes * features);
  means.forEach((mean, label) => {
    if (mean) centres.set(mean, label * features);
  });

  return {
    rho,
    classes,
    means: unstandardize(standardizer, { ...points, count: classes, x: centres }).x,
    draw(label, count, random) {
      const mean = means[label];
      if (mean === undefined) {
        throw new DatasetError('label', `prior: points of class ${label} are wanted, but it has no row`);
      }
      const x = new Float32Array(count * features);
      const z = new Float64Array(features);
      const next = takeInTurn(rows[label], random);
      for (let i = 0; i < count; i++) {
        const row = rho > 0 ? next() * features : 0;
        for (let j = 0; j < features; j++) {
          z[j] = random.normal();
          let spread = 0;
          for (let k = 0; k <= j; k++) spread += lower[j * features + k] * z[k];
          const own = rho > 0 ? rho * (standard.x[row + j] - mean[j]) : 0;
          x[i * features + j] = mean[j] + own + fresh * spread;
        }
      }
      const drawn = { count, features, classes, x, y: new Int32Array(count).fill(label) };
      const within = limited(unstandardize(standardizer, drawn), physical);
      return shots ? measureWithShots(within, shots, random) : within;
    },
  };
}

function limited(points: Points, physical: readonly FeatureRange[] | undefined): Points {
  if (!physical) return points;
  const x = points.x.map((value, i) => {
    const { low, high } = physical[i % points.features];
    return Math.min(high ?? Number.POSITIVE_INFINITY, Math.max(low ?? Number.NEGATIVE_INFINITY, value));
  });
  return { ...points, x };
}

function unitScale(features: number): Standardizer {
  return { mean: new Array<number>(features).fill(0), scale: new Array<number>(features).fill(1) };
}
