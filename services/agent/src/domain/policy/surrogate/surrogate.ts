import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { fromUnit, toUnit } from '@qloom/study/space/unit-cube.ts';
import { mean, standardDeviation } from '../../maths/statistics.ts';
import { type EpisodeResult, FAILED_REWARD } from '../policy.ts';
import { fitForest } from './regression-tree.ts';

/** One episode in the surrogate's checkpoint. */
export interface Trial {
  readonly hyperparameters: Configuration;
  readonly reward: number;
}

/** Settings of the surrogate. */
export const SURROGATE = {
  trees: 25,
  /** Number of candidates among which it chooses. */
  candidates: 32,
  /**
   * Maximum number of trials that it learns from (the best and the latest), so that the time of a proposal stays
   * bounded in long studies.
   */
  best: 64,
  latest: 192,
  /** Weight of the trees' disagreement: an upper confidence bound. */
  optimism: 0.5,
} as const;

/**
 * Appends a batch to the trials, and drops those that are neither among the best nor among the latest. A failed episode
 * counts as the worst reward.
 */
export function remember(trials: readonly Trial[], results: readonly EpisodeResult[]): Trial[] {
  const all = [
    ...trials,
    ...results.map(({ hyperparameters, reward }) => ({ hyperparameters, reward: reward ?? FAILED_REWARD })),
  ];
  const old = all.slice(0, -SURROGATE.latest);
  const rewards = old.map((trial) => trial.reward).sort((a, b) => b - a);
  const least = rewards[SURROGATE.best - 1] ?? Number.NEGATIVE_INFINITY;
  return [...old.filter((trial) => trial.reward >= least).slice(0, SURROGATE.best), ...all.slice(-SURROGATE.latest)];
}

/**
 * Features of a configuration for trees: a number's coordinate, one column per choice; −1 where inactive. A 0 that is
 * allowed in addition to a range is the lowest coordinate, so that one split separates it from the rest.
 */
function treeFeatures(space: Space, configuration: Configuration): number[] {
  const unit = toUnit(space, configuration);
  return space.parameters.flatMap((parameter, i) => {
    if (parameter.kind !== 'categorical') return [Number.isNaN(unit[i]) ? -1 : unit[i]];
    return parameter.choices.map((choice) => (configuration[parameter.name] === choice ? 1 : 0));
  });
}

/** The candidate with the highest mean + optimism · deviation over bagged trees fitted to `trials`. */
export function pickCandidate(
  space: Space,
  trials: readonly Trial[],
  candidates: readonly Configuration[],
  random: Random,
): Configuration {
  const forest = fitForest(
    trials.map((trial) => treeFeatures(space, trial.hyperparameters)),
    trials.map((trial) => trial.reward),
    SURROGATE.trees,
    random,
  );
  let best = candidates[0];
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const features = treeFeatures(space, candidate);
    const predictions = forest.map((tree) => tree.predict(features));
    const score = mean(predictions) + SURROGATE.optimism * standardDeviation(predictions);
    if (score > bestScore) {
      bestScore = score;
      best = candidate;
    }
  }
  return best;
}

/**
 * `count` neighbours of the best trials: each coordinate of one of the best quarter is moved with probability ¼
 * (at least one is), to a normal deviate of width 0.2 or, one time in four and for choices, anywhere.
 */
export function perturbBest(space: Space, trials: readonly Trial[], count: number, label: string): Configuration[] {
  const random = createRandom(label);
  const ranked = trials.map((trial, i) => ({ trial, i })).sort((a, b) => b.trial.reward - a.trial.reward || a.i - b.i);
  const parents = ranked.slice(0, Math.max(3, Math.ceil(trials.length / 4)));
  return Array.from({ length: count }, () => {
    const parent = parents[random.integer(parents.length)].trial.hyperparameters;
    const certain = random.integer(space.parameters.length);
    const unit = toUnit(space, parent).map((coordinate, i) => {
      const isMoved = i === certain || random.uniform() < 0.25;
      const anywhere = random.uniform();
      const step = 0.2 * random.normal();
      if (Number.isNaN(coordinate)) return anywhere;
      if (!isMoved) return coordinate;
      const isFar = space.parameters[i].kind === 'categorical' || random.uniform() < 0.25;
      return isFar ? anywhere : Math.min(0.999999, Math.max(0, coordinate + step));
    });
    return fromUnit(space, unit);
  });
}
