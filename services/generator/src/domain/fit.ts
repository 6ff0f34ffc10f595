import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { abortable, throwIfAborted } from './abortable.ts';
import { type Codec, fitCodec } from './codec.ts';
import type { Critic, CriticOpening, OpenCritic } from './critic.ts';
import { DivergedError, InvalidTrainingDataError } from './errors.ts';
import { splitHeldOut } from './held-out.ts';
import { NEURAL_METHODS } from './hyperparameter-table.ts';
import { type Model, packModel } from './model.ts';
import { fitFingerprint, packResume, type ResumeCheckpoint, unpackResume } from './resume-checkpoint.ts';
import type { GeneratorSettings } from './settings.ts';
import {
  type Batch,
  localLosses,
  requireFiniteLosses,
  requireFiniteValues,
  requireFittingAnswer,
} from './step-losses.ts';
import { Trainer } from './trainer.ts';
import { pointsAt, requireUsable, type TrainingData } from './training-data.ts';

/** How far a fit is. */
export interface FitProgress {
  /** Steps done. */
  readonly step: number;
  readonly totalSteps: number;
  /** Losses of the last step by name; what the critic reports is below `critic.`. */
  readonly losses: Readonly<Record<string, number>>;
}

/** What a fit needs. */
export interface FitOptions {
  readonly settings: GeneratorSettings;
  readonly data: TrainingData;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Opens the judge of fidelity. Needed by method `gan` alone. */
  readonly openCritic?: OpenCritic;
  /** A resumable checkpoint of this very fit. */
  readonly resume?: Uint8Array;
  /** A resumable checkpoint is made after every so many steps. Default 100. */
  readonly checkpointEvery?: number;
  readonly onProgress?: (progress: FitProgress) => void;
  readonly onCheckpoint?: (step: number, checkpoint: Uint8Array) => void | Promise<void>;
  /** Compiled steps to train with. Absent: eagerly. A checkpoint of one goes on as the other. */
  readonly steps?: TrainingSteps;
  /** Lets the event loop run; called once a step, so that fits in one process take turns and probes get through. */
  readonly breathe: () => Promise<void>;
}

/** What came of a fit. */
export interface FitResult {
  /** See `model.ts`. */
  readonly model: Uint8Array;
  readonly steps: number;
  /** Step whose averaged parameters the model holds. */
  readonly selectedStep: number;
  readonly resumedFromStep: number;
  /** Last losses by name, and `held_out.score` of the selected step. */
  readonly values: Readonly<Record<string, number>>;
}

const DEFAULT_CHECKPOINT_EVERY = 100;

/**
 * Fits a generator. The same settings, seed and points give the same model, bit for bit, resumed or not.
 *
 * @throws InvalidTrainingDataError for unusable points, DivergedError, CancelledError,
 * UnusableCheckpointError for a bad resume, and what the critic throws.
 */
export async function fitGenerator(options: FitOptions): Promise<FitResult> {
  const { settings, data } = options;
  requireUsable(data);
  throwIfAborted(options.signal, 'fit');
  if (NEURAL_METHODS.includes(settings.method)) return fitNetwork(options);
  if (settings.method === 'shot-resampling' && data.shape.shots < 1) {
    throw new InvalidTrainingDataError('method shot-resampling: features must be expectations from a number of shots');
  }
  const model: Model = { method: settings.method, strength: settings.strength, training: data };
  return { model: packModel(model), steps: 0, selectedStep: 0, resumedFromStep: 0, values: {} };
}

async function fitNetwork(options: FitOptions): Promise<FitResult> {
  const { settings, data, seed } = options;
  const { points } = data;
  const random = createRandom(seed);
  const { fit, heldOut } = splitHeldOut(points.y, points.classes, random.fork('held out'));
  const fitPoints = pointsAt(points, fit);
  const codec = fitCodec({ ...data, points: fitPoints });
  const fingerprint = fitFingerprint(settings, seed, data);
  const resumed = options.resume ? unpackResume(fingerprint, options.resume) : undefined;
  const heldOutPoints = pointsAt(points, heldOut);
  const trainer = new Trainer({ settings, codec, fitPoints, heldOutPoints, random, steps: options.steps });
  let critic: Critic | undefined;
  try {
    if (resumed) trainer.restore(resumed.trainer);
    if (settings.method === 'gan') critic = await openedCritic(options, fitPoints, random, resumed?.critic);
    const values = await train(options, trainer, critic, fingerprint, resumed);
    return finished(options, trainer, codec, values, resumed?.step ?? 0);
  } finally {
    trainer.dispose();
    await critic?.close();
  }
}

function openedCritic(
  { settings, openCritic, signal }: FitOptions,
  training: Points,
  random: Random,
  resume: Uint8Array | undefined,
): Promise<Critic> {
  if (!openCritic) throw new Error('fit: method gan needs a critic; none was given');
  const opening: CriticOpening = {
    seed: random.seedFor('critic 0'),
    hyperparameters: settings.forwarded,
    weights: { adversarial: 1, 'feature-matching': 1 },
    training,
    ...(resume ? { resume } : {}),
  };
  return abortable(openCritic(opening, signal), signal, 'fit');
}

/**
 * The training loop. While the critic judges a batch, the local losses are computed and the next batch is drawn; while it learns,
 * the network does.
 */
async function train(
  options: FitOptions,
  trainer: Trainer,
  critic: Critic | undefined,
  fingerprint: string,
  resumed: ResumeCheckpoint | undefined,
): Promise<Record<string, number>> {
  const { settings, data, signal, breathe } = options;
  const { steps } = settings.training;
  const every = options.checkpointEvery || DEFAULT_CHECKPOINT_EVERY;
  const first = resumed?.step ?? 0;
  let values: Record<string, number> = {};
  let drawn = trainer.draw(first);
  for (let step = first; step < steps; step++) {
    throwIfAborted(signal, 'fit');
    const batch = await trainer.pass(step, drawn);
    const asked = critic?.step(criticStep(step, batch, data.shape.features));
    asked?.catch(() => undefined);
    // A message leaves when the event loop turns: without this it would wait until the losses are computed.
    await breathe();
    const local = localLosses(batch, settings.training, step, trainer.moments);
    if (step + 1 < steps) drawn = trainer.draw(step + 1);
    const answer = asked && (await abortable(asked, signal, 'fit'));
    values = { ...local.values };
    for (const [name, value] of Object.entries(answer?.losses ?? {})) values[`critic.${name}`] = value;
    requireFiniteLosses(values, step);
    const gradient = answer && requireFittingAnswer(answer, batch, step);
    if (gradient) requireFiniteValues(gradient, 'critic gradient', step);
    await trainer.update(step, batch, local, gradient);
    options.onProgress?.({ step: step + 1, totalSteps: steps, losses: values });
    if ((step + 1) % every === 0 && step + 1 < steps) {
      const state = critic && (await abortable(critic.checkpoint(), signal, 'fit'));
      const checkpoint = packResume(fingerprint, { step: step + 1, trainer: trainer.state(), critic: state });
      await options.onCheckpoint?.(step + 1, checkpoint);
    }
  }
  return values;
}

function criticStep(index: number, batch: Batch, features: number) {
  const { x, labels } = batch;
  return { index, x, classes: labels, count: labels.length, features, update: true, wantGradient: true };
}

function finished(
  { settings, data }: FitOptions,
  trainer: Trainer,
  codec: Codec,
  values: Record<string, number>,
  resumedFromStep: number,
): FitResult {
  const { best } = trainer;
  const { steps } = settings.training;
  if (!best) throw new DivergedError(steps - 1, 'held-out score', Number.NaN);
  const model: Model = {
    method: settings.method,
    strength: settings.strength,
    training: data,
    neural: {
      vae: settings.vae,
      codec: codec.state,
      parameters: best.parameters,
      observationNoise: settings.method === 'cvae' ? trainer.residuals(data.points) : new Array(codec.channels).fill(0),
    },
  };
  return {
    model: packModel(model),
    steps,
    selectedStep: best.step,
    resumedFromStep,
    values: { ...values, 'held_out.score': best.score },
  };
}
