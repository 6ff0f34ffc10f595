import { createHash } from 'node:crypto';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import { DivergedError, InvalidPointsError, OutOfOrderError } from '../errors.ts';
import { type AugmentationState, adjustAugmentation, augment, NO_AUGMENTATION } from './augmentation.ts';
import { criticFingerprint, packCheckpoint, unpackCheckpoint } from './checkpoint.ts';
import { createCritic, type UpdateReport } from './critic.ts';
import { criticSpecs } from './critic-specs.ts';
import { createFeatureView } from './feature-view.ts';
import { membershipOf } from './network.ts';
import { createRealBatches } from './real-batches.ts';
import type { CriticSettings, Objective } from './settings.ts';
import { requireTraining } from './training-points.ts';

/** One batch to judge. */
interface CritiqueStep {
  /** Index of the last step plus one. */
  readonly index: number;
  /** Synthetic points in the units of the training points, [classes.length, features], row-major. */
  readonly x: Float32Array;
  /** Class of each. */
  readonly classes: Int32Array;
  /** Whether the critic is updated with this batch. */
  readonly update: boolean;
  readonly wantGradient: boolean;
}

/** The judgement of one batch. */
export interface CritiqueStepResult {
  readonly index: number;
  /** [batch]; its sigmoid is D(x) for ns+R1. */
  readonly logits: Float32Array;
  /** Each objective's batch mean, unweighted, and the critic's own last losses. */
  readonly losses: Readonly<Record<Objective | string, number>>;
  /** Gradient of the weighted objectives' batch mean with respect to x, [batch, features]; absent unless requested. */
  readonly gradient?: Float32Array;
}

/** A checkpoint. */
interface CritiqueCheckpoint {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
}

/**
 * A critic for one fit, in lock-step: the updates of a step must be done, and each call awaited, before the next call.
 */
export interface CritiqueSession {
  /** Index that the next step must have. */
  readonly nextIndex: number;
  /**
   * Judges a batch with the current critic. Updates that the batch requests stay pending; {@link advance} does them
   * after the answer has been sent.
   *
   * Rejects with {@link OutOfOrderError} for another index than the next, {@link InvalidPointsError} for points that do not
   * fit, and {@link DivergedError}; after the last, every call does.
   */
  step(step: CritiqueStep): Promise<CritiqueStepResult>;
  /** Does one pending update. Resolves to whether more are pending. Rejects with {@link DivergedError}. */
  advance(): Promise<boolean>;
  /** The state after the steps so far and all their updates. A session resumed from it continues bit for bit. */
  checkpoint(): Promise<CritiqueCheckpoint>;
  /** Frees all resources and returns a summary. May be called at any time, and repeatedly. */
  close(): { readonly steps: number; readonly summary: Readonly<Record<string, number>> };
}

/** Arguments for opening a session. */
export interface CritiqueOpening {
  readonly settings: CriticSettings;
  /** The training split. */
  readonly training: Points;
  /** Seed of all randomness of the critic. */
  readonly seed: number;
  /** Bytes of a checkpoint from which to continue. */
  readonly resume?: Uint8Array;
  /** Compiled steps to train with. Absent: the critic trains eagerly. A checkpoint can be resumed in either mode. */
  readonly steps?: TrainingSteps;
}

interface OwedUpdates {
  readonly index: number;
  readonly seen: Float32Array;
  readonly classes: Int32Array;
  done: number;
}

function requireFinite(values: Iterable<number>, what: string, index: number): void {
  for (const value of values) {
    if (!Number.isFinite(value)) {
      throw new DivergedError(`step ${index}: the critic's ${what} is ${value}; lower gan.lrD or gan.r1Gamma`);
    }
  }
}

function requireFitting({ x, classes }: CritiqueStep, features: number): void {
  if (classes.length === 0) throw new InvalidPointsError('step: an empty batch; at least one point is expected');
  if (x.length !== classes.length * features) {
    throw new InvalidPointsError(
      `step: ${x.length} numbers for ${classes.length} points of ${features} features; ${classes.length * features} are expected`,
    );
  }
  for (const [i, value] of x.entries()) {
    if (!Number.isFinite(value)) {
      const at = `point ${Math.floor(i / features)}, feature ${i % features}`;
      throw new DivergedError(`step: ${at} is ${value}; the generator diverged`);
    }
  }
}

/**
 * Opens a critic. A pure state machine: the same opening and the same steps give the same answers, bit for bit, on one backend.
 *
 * Throws {@link InvalidPointsError} for unusable training points and {@link CheckpointError} for a resume that does not fit.
 */
export function openCritiqueSession({ settings, training, seed, resume, steps }: CritiqueOpening): CritiqueSession {
  requireTraining(training);
  const { features, classes: classCount } = training;
  const random = createRandom(seed);
  const view = createFeatureView(training);
  const realBatches = createRealBatches(training, view.forward(training.x));
  const fingerprint = criticFingerprint(settings, seed, training);
  const critic = createCritic(settings, criticSpecs(settings, features, classCount, random.fork('initial')), steps);
  let nextIndex = 0;
  let augmentation: AugmentationState = NO_AUGMENTATION;
  let owed: OwedUpdates | undefined;
  let stepCount = 0;
  let failure: DivergedError | undefined;
  let closed = false;
  let own: Record<string, number> = {};

  if (resume) {
    try {
      const state = unpackCheckpoint(fingerprint, critic.byteLength, resume);
      critic.fromBytes(state.network);
      nextIndex = state.nextIndex;
      augmentation = state.augmentation;
      own = { ...state.reported };
    } catch (error) {
      critic.dispose();
      throw error;
    }
  }

  /**
   * Draws real points of the same classes as the synthetic ones, and augments both, with their own stream of random
   * numbers.
   */
  function batchesFor(seen: Float32Array, classes: Int32Array, label: string) {
    const stream = random.fork(label);
    const real = augment(
      realBatches.draw(classes, stream.fork('real')),
      features,
      augmentation.strength,
      stream.fork('jitter'),
    );
    const fake = augment(seen, features, augmentation.strength, stream.fork('fake'));
    const membership = membershipOf(classes, classCount);
    return { batches: { count: classes.length, real: real.x, fake: fake.x, membership }, slope: fake.slope, stream };
  }

  async function guarded<T>(run: () => Promise<T>): Promise<T> {
    if (closed) throw new OutOfOrderError('the critic is closed');
    if (failure) throw failure;
    try {
      return await run();
    } catch (error) {
      if (error instanceof DivergedError) failure = error;
      throw error;
    }
  }

  function learn({ loss, penalty, real, fake }: UpdateReport, index: number): void {
    requireFinite([loss, penalty], 'loss', index);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const divide = settings.loss === 'wgan-gp' ? (mean(real) + mean(fake)) / 2 : 0;
    augmentation = adjustAugmentation(
      augmentation,
      real.map((logit) => logit - divide),
    );
    own = {
      'critic.loss': loss,
      'critic.penalty': penalty,
      'critic.real_logit': mean(real),
      'critic.fake_logit': mean(fake),
      'critic.augmentation': augmentation.strength,
    };
  }

  async function advance(): Promise<boolean> {
    if (!owed) return false;
    const { index, seen, classes, done } = owed;
    const { batches, stream } = batchesFor(seen, classes, `update ${index}.${done}`);
    const mixing = stream.fork('mix');
    const mix = Float32Array.from(classes, () => mixing.uniform());
    learn(await critic.update(batches, mix), index);
    owed.done++;
    if (owed.done >= settings.updatesPerStep) owed = undefined;
    return owed !== undefined;
  }

  async function settle(): Promise<void> {
    while (await advance()) {
      // Does all pending updates, one after the other.
    }
  }

  return {
    get nextIndex() {
      return nextIndex;
    },
    step(step) {
      return guarded(async () => {
        await settle();
        const { index, x, classes, update, wantGradient } = step;
        if (index !== nextIndex) {
          throw new OutOfOrderError(`step: index ${index} where ${nextIndex} is next; each index is used once`);
        }
        requireFitting(step, features);
        const seen = view.forward(x);
        const { batches, slope } = batchesFor(seen, classes, `judge ${index}`);
        const judgement = await critic.judge(batches, wantGradient);
        const { logits, adversarial, featureMatching } = judgement;
        requireFinite(logits, 'logit', index);
        requireFinite([adversarial, featureMatching], 'objective', index);
        requireFinite(judgement.gradient, 'gradient', index);
        nextIndex++;
        stepCount++;
        if (update) owed = { index, seen, classes: classes.slice(), done: 0 };
        return {
          index,
          logits,
          losses: { adversarial, 'feature-matching': featureMatching, ...own },
          ...(wantGradient ? { gradient: view.backward(judgement.gradient.map((g, i) => g * slope[i])) } : {}),
        };
      });
    },
    advance: () => guarded(advance),
    checkpoint() {
      return guarded(async () => {
        await settle();
        const bytes = packCheckpoint(fingerprint, {
          nextIndex,
          augmentation,
          reported: own,
          network: critic.toBytes(),
        });
        return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
      });
    },
    close() {
      if (!closed) critic.dispose();
      closed = true;
      owed = undefined;
      return { steps: stepCount, summary: own };
    },
  };
}
