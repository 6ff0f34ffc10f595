import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import type { EncodedPoints, TrainingTask } from '@qloom/qnn/training/train.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { JobPool, TimedResult } from './jobs.ts';

/** The points on which a QNN is trained: only the real ones, or real and synthetic ones. */
export type Arm = 'real-only' | 'augmented';

/** Input of an evaluation. */
export interface Evaluation {
  readonly fold: number;
  readonly settings: QnnSettings;
  /** An engine's name, not `auto`. */
  readonly engine: string;
  /** One training per arm and seed. Both arms of a seed start from the same parameters. */
  readonly seeds: readonly number[];
  /** Empty: both, or only real-only if there are no synthetic points. */
  readonly arms: readonly Arm[];
  /** Whether the report has class probabilities. Default: false. */
  readonly probabilities?: boolean;
  readonly training: Points;
  /** May have no rows. */
  readonly synthetic: Points;
  readonly heldOut: Points;
}

/** One training and its score. */
export interface ArmResult extends TimedResult {
  readonly arm: Arm;
  readonly seed: number;
}

/**
 * Thrown when an evaluation's points or seeds do not fit together. The message says what is wrong, where, and what
 * would be right.
 */
class EvaluationError extends Error {
  override name = 'EvaluationError';
  readonly code = 'invalid';
}

/**
 * Trains QNNs on real and on real plus synthetic points and scores them on held-out real points. Every training does the
 * same fixed number of steps. Inputs are scaled by the real training points' statistics in both arms. Throws
 * EvaluationError, QnnSettingsError, TrainingDivergedError, and the signal's reason.
 */
export async function evaluateUtility(
  pool: JobPool,
  evaluation: Evaluation,
  signal?: AbortSignal,
): Promise<ArmResult[]> {
  const { settings, engine, training, synthetic, heldOut, fold } = evaluation;
  const arms = checkEvaluation(evaluation);
  const scaling = measureScaling(training, settings.encoding);
  const encode = (points: Points): EncodedPoints => ({
    count: points.count,
    angles: scaleInputs(points, scaling),
    labels: points.y,
  });
  const real = encode(training);
  const held = encode(heldOut);
  const trainingOf: Record<Arm, EncodedPoints> = { 'real-only': real, augmented: concatenate(real, encode(synthetic)) };
  const runs = arms.flatMap((arm) => evaluation.seeds.map((seed) => ({ arm, seed })));
  const tasks = runs.map(({ arm, seed }): TrainingTask => {
    return { label: `fold ${fold}, ${arm}, seed ${seed}`, seed, training: trainingOf[arm], heldOut: held };
  });
  const share = Math.ceil(tasks.length / pool.size);
  const groups = Array.from({ length: Math.ceil(tasks.length / share) }, (_, i) =>
    tasks.slice(i * share, (i + 1) * share),
  );
  const { features, classes } = training;
  const results = await Promise.all(
    groups.map((group) => pool.run({ kind: 'train', engine, settings, features, classes, tasks: group }, signal)),
  );
  return results.flat().map((result, i) => ({ ...result, ...runs[i] }));
}

/** The arms to train. Throws {@link EvaluationError} for what cannot be evaluated. */
function checkEvaluation({ arms, seeds, training, synthetic, heldOut }: Evaluation): readonly Arm[] {
  if (seeds.length === 0) throw new EvaluationError('settings.seeds: is empty; at least one seed is right');
  if (new Set(seeds).size < seeds.length) throw new EvaluationError(`settings.seeds: ${seeds} has a seed twice`);
  if (new Set(arms).size < arms.length) throw new EvaluationError(`settings.arms: ${arms} has an arm twice`);
  if (training.count === 0) throw new EvaluationError('training: has no points; at least one of two classes is right');
  if (heldOut.count === 0) throw new EvaluationError('held_out: has no points; at least one is right');
  for (const [name, points] of Object.entries({ synthetic, held_out: heldOut })) {
    if (points.count === 0) continue;
    if (points.features !== training.features) {
      throw new EvaluationError(
        `${name}: has ${points.features} features; the training points have ${training.features}`,
      );
    }
    if (points.classes !== training.classes) {
      throw new EvaluationError(`${name}: has ${points.classes} classes; the training points have ${training.classes}`);
    }
  }
  if (training.y.every((label) => label === training.y[0])) {
    throw new EvaluationError(`training: all ${training.count} points are of class ${training.y[0]}; two are right`);
  }
  if (arms.includes('augmented') && synthetic.count === 0) {
    throw new EvaluationError('synthetic: has no points, and settings.arms asks for the augmented arm');
  }
  if (arms.length > 0) return arms;
  return synthetic.count === 0 ? ['real-only'] : ['real-only', 'augmented'];
}

function concatenate(a: EncodedPoints, b: EncodedPoints): EncodedPoints {
  const angles = new Float64Array(a.angles.length + b.angles.length);
  angles.set(a.angles);
  angles.set(b.angles, a.angles.length);
  const labels = new Int32Array(a.count + b.count);
  labels.set(a.labels);
  labels.set(b.labels, a.count);
  return { count: a.count + b.count, angles, labels };
}
