import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** Arguments with which a critic is opened. */
export interface CriticOpening {
  /** Seed of the critic's own randomness. */
  readonly seed: number;
  /** The hyperparameters that the generator does not own. */
  readonly hyperparameters: Configuration;
  /** Weight of each objective in the gradient: `adversarial` and `feature-matching`. */
  readonly weights: Readonly<Record<string, number>>;
  /** Real points that the critic may see. */
  readonly training: Points;
  /** State from {@link Critic.checkpoint} from which the critic continues. */
  readonly resume?: Uint8Array;
}

/** One exchange. */
export interface CriticStep {
  /** Number of the exchange; each is used once. */
  readonly index: number;
  /** Synthetic points in the units of the data, float32, shape [count, features]. */
  readonly x: Float32Array;
  /** Class of each, shape [count]. */
  readonly classes: Int32Array;
  readonly count: number;
  readonly features: number;
  /** Whether the critic is updated with this batch after its answer. */
  readonly update: boolean;
  readonly wantGradient: boolean;
}

/** A critic's judgement of a batch. */
export interface CriticAnswer {
  /** One logit per point; empty if the critic has none. */
  readonly logits: Float32Array;
  /** Value of each objective: the unweighted batch mean. */
  readonly losses: Readonly<Record<string, number>>;
  /** Gradient of the weighted objectives' batch mean with respect to `x`, shape [count, features]; to be descended. */
  readonly gradient?: Float32Array;
}

/**
 * A judge that is differentiable in the points: the discriminator. It handles one exchange at a time. Every method
 * rejects with CriticLostError when its peer is unavailable.
 */
export interface Critic {
  step(step: CriticStep): Promise<CriticAnswer>;
  /** Returns the critic's opaque state after the exchanges so far. */
  checkpoint(): Promise<Uint8Array>;
  /** Frees the critic. Never rejects, and may be called at any time. */
  close(): Promise<void>;
}

/** Opens a critic. */
export type OpenCritic = (opening: CriticOpening, signal: AbortSignal) => Promise<Critic>;
