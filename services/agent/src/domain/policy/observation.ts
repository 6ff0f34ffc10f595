import { clip, mean } from '../maths/statistics.ts';
import type { EpisodeResult, Observation } from './policy.ts';

/** Maximum number of weights of the reward in an observation vector: utility and four constraints. */
const WEIGHTS = 5;

/** Length of an observation vector. */
export const OBSERVATION_SIZE = 7 + WEIGHTS;

/** The vector before anything was observed. */
export const EMPTY_OBSERVATION: readonly number[] = new Array<number>(OBSERVATION_SIZE).fill(0);

/** Input of the trunk, shape [{@link OBSERVATION_SIZE}]: losses and metrics within ±3, weights in [0, 1]. */
function observationVector(observation: Observation): number[] {
  const weights = [...observation.weights.slice(0, WEIGHTS)];
  while (weights.length < WEIGHTS) weights.push(0);
  return [
    observation.generatorLoss,
    observation.discriminatorLoss,
    observation.qnnLoss,
    observation.qnnAccuracy,
    observation.diversity,
    observation.classImbalance,
    observation.groupImbalance,
    ...weights,
  ].map((value) => clip(value, -3, 3));
}

/** The mean vector of the rewarded episodes of a batch; `before` if none was rewarded. */
export function batchObservation(results: readonly EpisodeResult[], before: readonly number[]): number[] {
  const vectors = results.flatMap((result) => (result.observation ? [observationVector(result.observation)] : []));
  if (vectors.length === 0) return [...before];
  return before.map((_, i) => mean(vectors.map((vector) => vector[i])));
}
