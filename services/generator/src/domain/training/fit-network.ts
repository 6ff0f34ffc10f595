import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { abortable, throwIfAborted } from '../abortable.ts';
import { fitCodec } from '../codec.ts';
import type { Critic, CriticOpening } from '../critic.ts';
import { DivergedError } from '../errors.ts';
import type { FitOptions } from '../fit-options.ts';
import type { Fitted } from '../methods/method.ts';
import { rhoOf } from '../methods/prior-hyperparameters.ts';
import { hasBase } from '../vae/network.ts';
import { drawnBases, meanBases } from './base-points.ts';
import { fitChannelPrior } from './channel-prior.ts';
import { splitHeldOut } from './held-out.ts';
import { initialNetwork } from './initial-network.ts';
import { learnedNetwork, type NetworkPrior, type NeuralModel } from './neural-model.ts';
import { fitFingerprint, packResume, type ResumeCheckpoint, unpackResume } from './resume-checkpoint.ts';
import {
  type Batch,
  localLosses,
  requireFiniteLosses,
  requireFiniteValues,
  requireFittingAnswer,
} from './step-losses.ts';
import { Trainer } from './trainer.ts';

const DEFAULT_CHECKPOINT_EVERY = 100;

/**
 * Fits a conditional VAE; with a critic it is the generator of a VAE-GAN. Without one, its samples get noise with the
 * width of its reconstruction error. With an initial model it starts from the averaged parameters of that; the optimizer, the critic
 * and the schedule of λ_rec start anew. Throws DivergedError, CancelledError, InvalidInitialModelError, UnusableCheckpointError
 * for a bad resume, and what the critic throws.
 */
export async function fitNetwork(options: FitOptions, variant: { readonly critic: boolean }): Promise<Fitted> {
  const { settings, data, seed } = options;
  const { points } = data;
  const random = createRandom(seed);
  const initial = initialNetwork(options);
  const splitSeed = initial?.splitSeed ?? seed;
  const { fit, heldOut } = splitHeldOut(points.y, points.classes, createRandom(splitSeed).fork('held out'));
  const fitPoints = selectRows(points, fit);
  const codec = fitCodec({ ...data, points: fitPoints });
  const fingerprint = fitFingerprint(settings, seed, data, options.initialModel);
  const resumed = options.resume ? unpackResume(fingerprint, options.resume) : undefined;
  const heldOutPoints = selectRows(points, heldOut);
  const prior = networkPrior(options, variant);
  const bases = prior && (prior.role === 'base' ? drawnBases : meanBases)(fitChannelPrior(codec, points, prior.rho));
  const trainer = new Trainer({
    ...{ settings, codec, fitPoints, heldOutPoints, random, bases, ...variant },
    steps: options.steps,
  });
  let critic: Critic | undefined;
  try {
    if (resumed) trainer.restore(resumed.trainer);
    else if (initial) trainer.startFrom(initial.parameters);
    if (variant.critic) critic = await openedCritic(options, fitPoints, random, resumed?.critic);
    const values = await train(options, trainer, critic, fingerprint, resumed);
    const selection = heldOut.length > 0 ? { splitSeed } : {};
    return finished(options, variant, trainer, { codec: codec.state, prior, ...selection }, values, resumed?.step ?? 0);
  } finally {
    trainer.dispose();
    await critic?.close();
  }
}

/** The prior of a `prior-residual` network: under its decoder where a critic judges the draws, otherwise around it. */
function networkPrior(
  { settings, data }: FitOptions,
  { critic }: { readonly critic: boolean },
): NetworkPrior | undefined {
  if (!hasBase(settings.vae)) return undefined;
  return { rho: rhoOf(settings.own['prior.rho'], data.shape), role: critic ? 'base' : 'noise' };
}

function openedCritic(
  { settings, openCritic, signal }: FitOptions,
  training: Points,
  random: Random,
  resume: Uint8Array | undefined,
): Promise<Critic> {
  if (!openCritic) throw new Error('fit: a critic is needed; none was given');
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
 * The training loop. While the critic judges a batch, the local losses are computed and the next batch is drawn; while
 * the critic is updated, the network is too.
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
  const weights = { ...settings.training, residualWeight: settings.training.priorLabels / data.points.count };
  let values: Record<string, number> = {};
  let drawn = trainer.draw(first);
  for (let step = first; step < steps; step++) {
    throwIfAborted(signal, 'fit');
    const batch = await trainer.pass(step, drawn);
    const asked = critic?.step(criticStep(step, batch, data.shape.features));
    asked?.catch(() => undefined);
    // A message is sent when the event loop turns; without this it would wait until the losses are computed.
    await breathe();
    const local = localLosses(batch, weights, step, trainer.moments);
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
  variant: { readonly critic: boolean },
  trainer: Trainer,
  { prior, ...known }: Pick<NeuralModel, 'codec' | 'prior' | 'splitSeed'>,
  values: Record<string, number>,
  resumedFromStep: number,
): Fitted {
  const { best } = trainer;
  const { steps } = settings.training;
  if (!best) throw new DivergedError(steps - 1, 'held-out score', Number.NaN);
  const learned = learnedNetwork({
    ...known,
    vae: settings.vae,
    parameters: best.parameters,
    observationNoise:
      variant.critic || prior ? known.codec.standardizer.mean.map(() => 0) : trainer.residuals(data.points),
    ...(prior ? { prior } : {}),
  });
  return {
    learned,
    steps,
    selectedStep: best.step,
    resumedFromStep,
    values: { ...values, ...(best.score === undefined ? {} : { 'held_out.score': best.score }) },
  };
}
