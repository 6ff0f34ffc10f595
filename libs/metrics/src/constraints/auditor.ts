import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { runNow, type Steps } from '@qloom/datasets/split/turns.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Matrix, matrixOf, selectMatrixRows } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';
import { fitLogit, logitOf, sigmoid } from './logistic-regression.ts';
import { rankAuc } from './rank-auc.ts';

/** Result of the auditor: how well real and synthetic points can be distinguished. */
export interface Audit {
  /** Area under the ROC curve of out-of-fold scores: ½ when they cannot be distinguished, 1 when they always can. */
  readonly auc: number;
  /** u_fid = 1 − 2·max(0, AUC − ½), in [0, 1]. */
  readonly score: number;
  /** Out-of-fold P(real) of each real point, within [.01, .99], shape [real.count]. */
  readonly real: Float64Array;
  /** Out-of-fold P(real) of each synthetic point, within [.01, .99], shape [synthetic.count]. */
  readonly synthetic: Float64Array;
  /**
   * L_GAN = mean ln P(real) + mean ln(1 − P(synthetic)): −2 ln 2 when they cannot be distinguished, towards 0 when they
   * always can.
   */
  readonly ganLoss: number;
}

const FOLDS = 5;
const RIDGE = 1;
/** Products of features, and features within a class, are added up to this many features; more would exceed n. */
const MOST_FEATURES_WITH_PRODUCTS = 12;

/**
 * The auditor's features of a point: standardized features z (limited to ±5), their squares, the class as one-hot; up
 * to 12 features also their products, and z within each class, so that a point that is typical of another class is
 * detected.
 */
function auditFeatures(z: Matrix, points: Points): Matrix {
  const d = z.features;
  const products = d <= MOST_FEATURES_WITH_PRODUCTS ? (d * (d - 1)) / 2 : 0;
  const classes = points.classes;
  const within = d <= MOST_FEATURES_WITH_PRODUCTS ? d : 0;
  const features = 2 * d + products + (classes > 1 ? classes * (within + 1) : 0);
  const values = new Float64Array(z.count * features);
  for (let i = 0; i < z.count; i++) {
    const row = values.subarray(i * features, (i + 1) * features);
    for (let j = 0; j < d; j++) row[j] = Math.max(-5, Math.min(5, z.values[i * d + j]));
    let at = d;
    for (let j = 0; j < d; j++) row[at++] = (row[j] * row[j] - 1) / Math.SQRT2;
    if (products > 0) for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) row[at++] = row[j] * row[k];
    if (classes > 1) {
      at += points.y[i] * (within + 1);
      row[at++] = 1;
      for (let j = 0; j < within; j++) row[at++] = row[j];
    }
  }
  return { count: z.count, features, values };
}

/** A fold number for each of `count` rows, each fold equally often. */
function foldNumbers(count: number, folds: number, random: Random): Int32Array {
  const of = new Int32Array(count);
  random.permutation(count).forEach((row, i) => {
    of[row] = i % folds;
  });
  return of;
}

/**
 * Classifier two-sample test (Lopez-Paz and Oquab, 2017) by a fixed auditor: logistic regression with ridge 1 on
 * standardized, quadratic and class-wise features, fitted afresh here, each point scored by the fit that did not see it
 * (five folds). `real` must be held out from whatever made `synthetic`; `standardizer` comes from training points. Equal
 * counts make ½ the chance level for the probabilities too. Throws MetricError with fewer than two points on a side.
 */
export function audit(real: Points, synthetic: Points, standardizer: Standardizer, random: Random): Audit {
  return runNow(auditSteps(real, synthetic, standardizer, random));
}

/** {@link audit} in steps of one gradient. */
export function* auditSteps(real: Points, synthetic: Points, standardizer: Standardizer, random: Random): Steps<Audit> {
  if (real.count < 2 || synthetic.count < 2) {
    throw new MetricError(
      'count',
      `audit: ${real.count} real and ${synthetic.count} synthetic points; give at least 2 of each`,
    );
  }
  const folds = Math.min(FOLDS, real.count, synthetic.count);
  const features = stacked(
    auditFeatures(matrixOf(real, standardizer), real),
    auditFeatures(matrixOf(synthetic, standardizer), synthetic),
  );
  const labels = Int32Array.from({ length: features.count }, (_, i) => (i < real.count ? 1 : 0));
  const fold = new Int32Array(features.count);
  fold.set(foldNumbers(real.count, folds, random));
  fold.set(foldNumbers(synthetic.count, folds, random), real.count);
  const probability = new Float64Array(features.count);
  for (let f = 0; f < folds; f++) {
    const training = [...fold.keys()].filter((i) => fold[i] !== f);
    const weights = yield* fitLogit(
      selectMatrixRows(features, training),
      Int32Array.from(training, (i) => labels[i]),
      RIDGE,
    );
    for (let i = 0; i < features.count; i++) {
      if (fold[i] !== f) continue;
      const logit = logitOf(weights, features.values.subarray(i * features.features, (i + 1) * features.features));
      probability[i] = Math.max(0.01, Math.min(0.99, sigmoid(logit)));
    }
  }
  const ofReal = probability.slice(0, real.count);
  const ofSynthetic = probability.slice(real.count);
  const auc = rankAuc(ofReal, ofSynthetic);
  return {
    auc,
    score: 1 - 2 * Math.max(0, auc - 0.5),
    real: ofReal,
    synthetic: ofSynthetic,
    ganLoss: meanOf(ofReal, Math.log) + meanOf(ofSynthetic, (p) => Math.log(1 - p)),
  };
}

function stacked(a: Matrix, b: Matrix): Matrix {
  if (a.features !== b.features) {
    throw new MetricError(
      'features',
      'audit: real and synthetic points differ in features or classes; they must agree',
    );
  }
  const values = new Float64Array(a.values.length + b.values.length);
  values.set(a.values);
  values.set(b.values, a.values.length);
  return { count: a.count + b.count, features: a.features, values };
}

function meanOf(values: Float64Array, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}
