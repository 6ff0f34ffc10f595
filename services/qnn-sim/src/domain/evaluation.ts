import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import type { EncodedPoints, TrainingTask } from '@qloom/qnn/training/train.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { JobPool, TimedResult } from './jobs.ts';

/** The points on which a QNN is trained: only the real ones, real and synthetic ones, or only the synthetic ones. */
export type Arm = 'real-only' | 'augmented' | 'synthetic-only';

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
  /** Parameters from which the trainings of each seed start, one for each of `seeds`. Empty: random ones. */
  readonly initialParameters?: readonly Float64Array[];
  /** Numbers of steps after which the held-out points are scored too. */
  readonly scoredSteps?: readonly number[];
  /** Whether the report has the trained parameters. Default: false. */
  readonly parameters?: boolean;
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
  const added = encode(synthetic);
  const trainingOf: Record<Arm, EncodedPoints> = {
    'real-only': real,
    augmented: concatenate(real, added),
    'synthetic-only': added,
  };
  const { initialParameters = [], scoredSteps } = evaluation;
  const starts = arms.flatMap((arm) => evaluation.seeds.map((seed, i) => ({ arm, seed, start: initialParameters[i] })));
  const runs = starts.map(({ arm, seed }) => ({ arm, seed }));
  const tasks = starts.map(({ arm, seed, start }): TrainingTask => {
    const points = { training: trainingOf[arm], heldOut: held };
    return { label: `fold ${fold}, ${arm}, seed ${seed}`, seed, ...points, initialParameters: start, scoredSteps };
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
function checkEvaluation(evaluation: Evaluation): readonly Arm[] {
  const { arms, seeds, training, synthetic, heldOut } = evaluation;
  checkTrainingOptions(evaluation);
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
  const needy = arms.find((arm) => arm !== 'real-only');
  if (needy !== undefined && synthetic.count === 0) {
    throw new EvaluationError(`synthetic: has no points, and settings.arms asks for the ${needy} arm`);
  }
  if (arms.length > 0) return arms;
  return synthetic.count === 0 ? ['real-only'] : ['real-only', 'augmented'];
}

/** Maximum number of steps after which an evaluation scores the held-out points. */
const MAX_SCORED_STEPS = 1000;

/** Throws {@link EvaluationError} for initial parameters or scored steps that do not fit the QNN. */
function checkTrainingOptions({ settings, seeds, training, ...given }: Evaluation): void {
  const { initialParameters = [], scoredSteps = [] } = given;
  if (initialParameters.length > 0) {
    if (initialParameters.length !== seeds.length) {
      throw new EvaluationError(
        `settings.initial_parameters: has ${initialParameters.length} tensors; right would be one for each of the ${seeds.length} seeds`,
      );
    }
    const { length } = createQnnModel(settings, training.features, training.classes).circuit.parameters;
    const wrong = initialParameters.findIndex((parameters) => parameters.length !== length);
    if (wrong >= 0) {
      throw new EvaluationError(
        `settings.initial_parameters[${wrong}]: has ${initialParameters[wrong].length} values; the circuit has ${length} parameters`,
      );
    }
  }
  if (scoredSteps.length > MAX_SCORED_STEPS) {
    throw new EvaluationError(
      `settings.scored_steps: has ${scoredSteps.length}; at most ${MAX_SCORED_STEPS} are right`,
    );
  }
  const late = scoredSteps.findIndex((step, i) => step > settings.steps || (i > 0 && step <= scoredSteps[i - 1]));
  if (late >= 0) {
    throw new EvaluationError(
      `settings.scored_steps[${late}]: is ${scoredSteps[late]}; right would be rising numbers up to ${settings.steps} steps`,
    );
  }
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
