import { dequantize, featureResolution } from '@qloom/datasets/preprocessing/dequantize.ts';
import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { runNow, type Steps } from '@qloom/datasets/split/turns.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { matrixOf } from '../matrix.ts';
import { auditSteps } from './auditor.ts';
import { equalBlocks } from './equal-blocks.ts';
import { imbalance } from './imbalance.ts';
import { knnEntropy } from './knn-entropy.ts';
import { memorizationTest } from './memorization.ts';
import { realPool } from './real-pool.ts';

/** The names of the constraints on synthetic data; higher is better in each. */
export const CONSTRAINT_NAMES = ['diversity', 'imbalance', 'fidelity', 'memorization'] as const;

/** One of {@link CONSTRAINT_NAMES}. */
export type ConstraintName = (typeof CONSTRAINT_NAMES)[number];

/** A number per constraint. */
export type ConstraintValues = Readonly<Record<ConstraintName, number>>;

/** Samples that the constraints are measured on. */
export interface ConstraintSamples {
  /** Real points that the generator was fitted on. */
  readonly training: Points;
  /** Real points that were held out from it. */
  readonly heldOut: Points;
  /** Points that it generated. */
  readonly synthetic: Points;
}

/** Values of the constraints, with the measurements behind them. */
export interface ConstraintReport {
  /** u_div, u_imb, u_fid, u_mem. */
  readonly values: ConstraintValues;
  /** The same before their caps (u_div at 0, u_fid and u_mem at 1): what their spread is measured on. */
  readonly uncapped: ConstraintValues;
  /** Ĥ_syn − Ĥ_real in nats, before the cap at 0 that makes u_div. */
  readonly entropyGap: number;
  /** The auditor's area under the ROC curve. */
  readonly auc: number;
  /** L_GAN of the auditor's out-of-fold probabilities. */
  readonly ganLoss: number;
  /** Parts of u_imb: classes, features, groups (null without). */
  readonly imbalanceOf: { readonly classes: number; readonly features: number; readonly groups: number | null };
  /** n of each sample compared, and number of synthetic blocks of that size that were averaged. */
  readonly size: number;
  readonly blocks: number;
}

/**
 * The four constraints of the reward, each at equal n: the synthetic points are cut into blocks of the held-out sample's
 * size (at most five, over which everything is averaged), or the held-out sample is cut to theirs where there are fewer.
 * Units are standard deviations of the training points. Entropy and distances are taken after every sample was spread
 * over the real features' steps (`dequantize`): expectations from few shots coincide, and generated ones do not, so
 * that raw distances would compare the lattice and not the law. Throws MetricError with fewer than two points on a side.
 *
 * u_div = min(0, Ĥ_syn − Ĥ_real): noise earns nothing. u_imb, u_fid and u_mem: `imbalance`, `audit`, `memorizationTest`.
 */
export function measureConstraints(samples: ConstraintSamples, random: Random): ConstraintReport {
  return runNow(constraintSteps(samples, random));
}

/** {@link measureConstraints} in short steps, for `runInTurns`. */
export function* constraintSteps(samples: ConstraintSamples, random: Random): Steps<ConstraintReport> {
  const { training } = samples;
  const { size, heldOut, blocks } = equalBlocks(samples.heldOut, samples.synthetic, random);
  const standardizer = fitStandardizer(training);
  const resolution = featureResolution(realPool(training, heldOut));
  const spread = (points: Points, label: string) =>
    matrixOf(dequantize(points, resolution, random.fork(`dequantize/${label}`)), standardizer);
  const [trainingMatrix, realMatrix] = [spread(training, 'training'), spread(heldOut, 'held-out')];
  const realEntropy = knnEntropy(realMatrix);
  const memorizationOf = memorizationTest(trainingMatrix, realMatrix);
  const sum = { gap: 0, score: 0, classes: 0, features: 0, groups: 0, auc: 0, ganLoss: 0, memory: 0 };
  const share = 1 / blocks.length;
  for (const [b, block] of blocks.entries()) {
    const matrix = spread(block, `synthetic/${b}`);
    const shares = imbalance(heldOut, block);
    yield;
    const audited = yield* auditSteps(heldOut, block, standardizer, random.fork(`audit/${b}`));
    sum.gap += (knnEntropy(matrix) - realEntropy) * share;
    sum.score += shares.score * share;
    sum.classes += shares.classes * share;
    sum.features += shares.features * share;
    sum.groups += (shares.groups ?? Number.NaN) * share;
    sum.auc += audited.auc * share;
    sum.ganLoss += audited.ganLoss * share;
    sum.memory += memorizationOf(matrix).nearer * share;
  }
  const uncapped: ConstraintValues = {
    diversity: sum.gap,
    imbalance: sum.score,
    fidelity: 2 - 2 * sum.auc,
    memorization: 2 - 2 * sum.memory,
  };
  return {
    values: {
      diversity: Math.min(0, uncapped.diversity),
      imbalance: uncapped.imbalance,
      fidelity: Math.min(1, uncapped.fidelity),
      memorization: Math.min(1, uncapped.memorization),
    },
    uncapped,
    entropyGap: sum.gap,
    auc: sum.auc,
    ganLoss: sum.ganLoss,
    imbalanceOf: {
      classes: sum.classes,
      features: sum.features,
      groups: Number.isNaN(sum.groups) ? null : sum.groups,
    },
    size,
    blocks: blocks.length,
  };
}
