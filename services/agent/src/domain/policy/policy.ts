import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Space } from '@qloom/study/space/space.ts';

/** The settings of a study that a policy knows. Constant for the study. */
export interface PolicySettings {
  readonly space: Space;
  /** Number of episodes of the whole study. */
  readonly episodes: number;
  /** Episodes per update. */
  readonly batchSize: number;
  /** Number of first episodes that policies which learn take from a Sobol sequence. */
  readonly sobolEpisodes: number;
  /** Seed of all choices. */
  readonly seed: string;
  /** Whether fits can continue from the models of an earlier episode. Default false. */
  readonly continues?: boolean;
}

/** What a policy observes of an episode in addition to its reward. Every entry is finite. */
export interface Observation {
  /** Last losses of generator and discriminator. */
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  /** Held-out loss and accuracy of the QNN trained with synthetic points. */
  readonly qnnLoss: number;
  readonly qnnAccuracy: number;
  /** Entropy of synthetic points less that of real ones, nats per feature. */
  readonly diversity: number;
  /** Imbalance index of classes (total variation) and of groups, each in [0, 1]. */
  readonly classImbalance: number;
  readonly groupImbalance: number;
  /** Weights (1, λ) / (1 + Σλ) that the reward used, utility first. Observed, never chosen. */
  readonly weights: readonly number[];
}

/** Origin of a configuration. */
export type Origin = 'sobol' | 'policy' | 'surrogate' | 'random' | 'fixed';

/** One configuration to try. */
export interface Proposal {
  readonly hyperparameters: Configuration;
  readonly origin: string;
  /** A rewarded episode that was observed, and whose models the fits continue from, where it added points. */
  readonly continueFrom?: number;
}

/** Outcome of an episode, as a policy sees it. */
export interface EpisodeResult {
  readonly episode: number;
  readonly hyperparameters: Configuration;
  /** Null if the episode failed. */
  readonly reward: number | null;
  /** Null if the episode failed. */
  readonly observation: Observation | null;
}

/** A policy's checkpoint. Plain JSON with the policy's name and the version of the form. */
export interface PolicyState {
  readonly policy: string;
  readonly form: number;
  /** Number of updates: observed batches that changed the policy. */
  readonly updates: number;
}

/** The episodes to propose. All belong to one batch. */
export interface ProposalRequest {
  readonly batch: number;
  /** Index of the first requested episode. */
  readonly firstEpisode: number;
  readonly count: number;
}

/**
 * A policy as a fold: it has no clock, no hidden state, and no stream of random numbers across calls. The proposal of
 * an episode is a function of settings, state and the episode's index, so that repeated calls, or calls for other
 * ranges, give the same proposals.
 */
export interface Policy<State extends PolicyState = PolicyState> {
  readonly name: string;
  /** Version of the form of its states. */
  readonly form: number;
  /** The state before the first batch. */
  initial(settings: PolicySettings): State;
  /** One proposal for each requested episode. */
  propose(settings: PolicySettings, state: State, request: ProposalRequest): Proposal[];
  /** The state after one more batch; `results` are in episode order and include failed episodes. */
  observe(settings: PolicySettings, state: State, results: readonly EpisodeResult[]): State | Promise<State>;
}

/** Reward that a policy uses for a failed episode: the floor of a clipped reward. */
export const FAILED_REWARD = -3;
