import { dequantize, featureResolution } from '@qloom/datasets/preprocessing/dequantize.ts';
import { fitStandardizer, type Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { audit } from '@qloom/metrics/constraints/auditor.ts';
import { type ConstraintNull, constraintNull } from '@qloom/metrics/constraints/constraint-null.ts';
import { CONSTRAINT_NAMES, type ConstraintName, measureConstraints } from '@qloom/metrics/constraints/constraints.ts';
import { MOST_POINTS_COMPARED } from '@qloom/metrics/constraints/equal-blocks.ts';
import { knnEntropy } from '@qloom/metrics/constraints/knn-entropy.ts';
import { realPool } from '@qloom/metrics/constraints/real-pool.ts';
import { manifoldCoverage } from '@qloom/metrics/distances/coverage.ts';
import { frechetDistance } from '@qloom/metrics/distances/frechet.ts';
import { maximumMeanDiscrepancy } from '@qloom/metrics/distances/mmd.ts';
import { matrixOf } from '@qloom/metrics/matrix.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, selectRows } from '@qloom/study/points/rows.ts';
import { InvalidPointsError } from '../errors.ts';
import { type PhysicalSettings, physicalShare } from './physical-validity.ts';

/** Input of an assessment. */
export interface Assessment {
  /** Real points to which the generator was fitted. */
  readonly training: Points;
  /** Real points that it never saw. */
  readonly heldOut: Points;
  /** Synthetic points; null or empty: none were added. */
  readonly synthetic: Points | null;
  /** Seed of the auditor's folds and of the null. */
  readonly seed: number;
  /** Set where features are expectations of Pauli operators. */
  readonly physical: PhysicalSettings | null;
}

/** Quality of synthetic points, measured by an auditor that is independent of the critic. */
export interface Fidelity {
  readonly syntheticCount: number;
  /** Constraint terms of the reward; higher is better. */
  readonly constraints: Readonly<Record<ConstraintName, number>>;
  /** Other measures, by their names in the contract. */
  readonly metrics: Readonly<Record<string, number>>;
  /** `<constraint>.sigma` and `<constraint>.tau`, real against real at equal n. */
  readonly nullDistribution: Readonly<Record<string, number>>;
}

/** Number of comparisons of real with real points for `frechet.null`. */
const FRECHET_REPEATS = 20;
/** Number of nearest neighbours for precision, recall, density and coverage. */
const NEIGHBOURS = 5;
/** Minimum total number of real points from which a null can be drawn. */
const FEWEST_REAL = 6;

function requireEnough({ training, heldOut, synthetic }: Assessment): void {
  const isFit = training.features === heldOut.features && training.classes === heldOut.classes;
  const real = isFit ? realPool(training, heldOut).count : training.count + heldOut.count;
  if (training.count < 1 || heldOut.count < 2 || real < FEWEST_REAL) {
    throw new InvalidPointsError(
      `assess: ${training.count} training and ${heldOut.count} held-out points; at least 1 and 2, and ${FEWEST_REAL} in all (each counted once), are expected`,
    );
  }
  for (const [name, points] of Object.entries({ held_out: heldOut, synthetic })) {
    if (points && (points.features !== training.features || points.classes !== training.classes)) {
      throw new InvalidPointsError(
        `${name}: ${points.features} features and ${points.classes} classes; the training points have ${training.features} and ${training.classes}`,
      );
    }
  }
  if (synthetic?.count === 1) throw new InvalidPointsError('synthetic: 1 point; none, or at least 2, are expected');
}

/**
 * The null distributions of the constraints, from parts of a third of the real points, or of the number of held-out
 * points if that is smaller.
 */
export function nullOf({ training, heldOut, seed }: Assessment): ConstraintNull {
  const real = realPool(training, heldOut);
  // Half of the points at most, and not more than are compared: above that the rounding of shares is small.
  const isPaired = heldOut.count <= Math.min(MOST_POINTS_COMPARED, real.count / 2);
  const heldOutCounts = isPaired ? classCounts(heldOut) : undefined;
  return constraintNull(real, { seed, size: Math.min(heldOut.count, Math.floor(real.count / 3)), heldOutCounts });
}

/**
 * Assesses synthetic points. Deterministic. `drawNull` may cache the results of {@link nullOf}.
 *
 * Throws {@link InvalidPointsError} when the points are too few or do not fit together.
 */
export function assess(assessment: Assessment, drawNull = nullOf): Fidelity {
  requireEnough(assessment);
  const { entries } = drawNull(assessment);
  const nullDistribution: Record<string, number> = {};
  for (const name of CONSTRAINT_NAMES) {
    nullDistribution[`${name}.sigma`] = entries[name].sigma;
    nullDistribution[`${name}.tau`] = entries[name].tau;
  }
  const { synthetic } = assessment;
  const judged = synthetic && synthetic.count > 0 ? judgeSynthetic(assessment, synthetic) : judgeNothing(assessment);
  return { syntheticCount: synthetic?.count ?? 0, ...judged, nullDistribution };
}

/** Result if nothing was added: every term at its cap, every distance at its null. */
function judgeNothing(assessment: Assessment): Pick<Fidelity, 'constraints' | 'metrics'> {
  const { heldOut, physical } = assessment;
  const random = createRandom(assessment.seed);
  const entropy = realEntropy(assessment, random);
  const frechet = frechetNull(assessment, heldOut.count, random.fork('frechet'));
  return {
    constraints: { diversity: 0, imbalance: 0, fidelity: 1, memorization: 1 },
    metrics: {
      'auditor.auc': 0.5,
      'auditor.log_real': -Math.LN2,
      'auditor.log_fake': -Math.LN2,
      'entropy.real': entropy,
      'entropy.synthetic': entropy,
      ...(frechet === undefined ? {} : { frechet, 'frechet.null': frechet }),
      mmd2: 0,
      precision: 1,
      recall: 1,
      density: 1,
      coverage: 1,
      ...(physical ? { 'physical.valid': 1 } : {}),
    },
  };
}

function judgeSynthetic(assessment: Assessment, synthetic: Points): Pick<Fidelity, 'constraints' | 'metrics'> {
  const { training, heldOut, physical } = assessment;
  const random = createRandom(assessment.seed);
  const measured = measureConstraints({ training, heldOut, synthetic }, random);
  const { size, blocks } = measured;
  const standardizer = fitStandardizer(training);
  const real = subset(heldOut, size, random.fork('metrics/real'));
  const order = random.fork('metrics/synthetic').permutation(synthetic.count);
  const sums = new Map<string, number>();
  for (let b = 0; b < blocks; b++) {
    const block = selectRows(synthetic, order.subarray(b * size, (b + 1) * size));
    const values = compareEqual(real, block, standardizer, random.fork(`metrics/${b}`));
    for (const [name, value] of Object.entries(values)) sums.set(name, (sums.get(name) ?? 0) + value / blocks);
  }
  const entropy = realEntropy(assessment, random);
  const frechet = frechetNull(assessment, size, random.fork('frechet'));
  return {
    constraints: measured.values,
    metrics: {
      'auditor.auc': measured.auc,
      ...Object.fromEntries(sums),
      'entropy.real': entropy,
      'entropy.synthetic': entropy + measured.entropyGap,
      ...(frechet === undefined ? {} : { 'frechet.null': frechet }),
      ...(physical ? { 'physical.valid': physicalShare(synthetic, physical) } : {}),
    },
  };
}

function subset(points: Points, size: number, random: Random): Points {
  return points.count === size ? points : selectRows(points, random.permutation(points.count).slice(0, size));
}

/** All measures that compare two samples of equal n. */
function compareEqual(real: Points, block: Points, standardizer: Standardizer, random: Random): Record<string, number> {
  const audited = audit(real, block, standardizer, random);
  const mean = (values: Float64Array, of: (value: number) => number) =>
    values.reduce((sum, value) => sum + of(value), 0) / values.length;
  const [a, b] = [matrixOf(real, standardizer), matrixOf(block, standardizer)];
  return {
    'auditor.log_real': mean(audited.real, Math.log),
    'auditor.log_fake': mean(audited.synthetic, (p) => Math.log(1 - p)),
    frechet: frechetDistance(a, b),
    mmd2: maximumMeanDiscrepancy(a, b).squared,
    ...(real.count > NEIGHBOURS ? manifoldCoverage(a, b, NEIGHBOURS) : {}),
  };
}

/** Entropy of the held-out points, spread over their steps as by `measureConstraints`. Unit: nats. */
function realEntropy({ training, heldOut }: Assessment, random: Random): number {
  const resolution = featureResolution(realPool(training, heldOut));
  const spread = dequantize(heldOut, resolution, random.fork('dequantize/held-out'));
  return knnEntropy(matrixOf(spread, fitStandardizer(training)));
}

/**
 * Mean Fréchet distance between disjoint halves of the real points, each used once, at n = `size`, or as close to it as
 * possible.
 */
function frechetNull({ training, heldOut }: Assessment, size: number, random: Random): number | undefined {
  const real = realPool(training, heldOut);
  const n = Math.min(size, Math.floor(real.count / 2));
  if (n < 2) return undefined;
  const standardizer = fitStandardizer(training);
  let sum = 0;
  for (let repeat = 0; repeat < FRECHET_REPEATS; repeat++) {
    const order = random.fork(repeat).permutation(real.count);
    const [a, b] = [order.subarray(0, n), order.subarray(n, 2 * n)].map((rows) => selectRows(real, rows));
    sum += frechetDistance(matrixOf(a, standardizer), matrixOf(b, standardizer));
  }
  return sum / FRECHET_REPEATS;
}
