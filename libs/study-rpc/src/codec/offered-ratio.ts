import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';
import { decodeHyperparameter } from './hyperparameters.ts';

/**
 * The hyperparameter `synthRatio` that a generator advertises, for `synthesisPlan`; undefined if it advertises none.
 */
export function offeredRatio(generator: Capabilities | undefined): Hyperparameter | undefined {
  const offered = generator?.hyperparameters.find(({ name }) => name === SYNTH_RATIO);
  return offered && decodeHyperparameter(offered);
}
