import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { synthesisPlan as planOf } from '@qloom/study/synthesis/synthesis-plan.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidHyperparameterError } from './errors.ts';
import { HYPERPARAMETERS } from './hyperparameter-table.ts';
import { checkedValue, type Hyperparameter, type Hyperparameters } from './hyperparameters.ts';

/** Synthetic points for each real one. */
export const SYNTH_RATIO = 'synthRatio';

/** Most points that a plan asks for; a generator may have a lower limit. */
const MAX_POINTS = 10_000_000;

const OWN = HYPERPARAMETERS.find(({ name }) => name === SYNTH_RATIO);

/**
 * How many synthetic points of each class to add to training points, by the rule of `@qloom/study/synthesis/synthesis-plan.ts`. Reads
 * `method` and `synthRatio` alone, so that it also plans for a generator that is not this one: `offered` is what the generator
 * says of synthRatio (by default, this one), null where it says nothing. Then any ratio of at least 0 is right, and 1 is the
 * default.
 *
 * @throws InvalidHyperparameterError for a synthRatio that is not offered.
 */
export function synthesisPlan(
  given: Hyperparameters,
  training: Points,
  offered: Hyperparameter | null = OWN ?? null,
): number[] {
  const synthRatio = offered ? checkedValue(offered, given[SYNTH_RATIO]) : (given[SYNTH_RATIO] ?? 1);
  const total = given.method === 'none' ? 0 : Math.round(Number(synthRatio) * training.count);
  if (!(total >= 0 && total <= MAX_POINTS)) {
    const right = `right would be a ratio of at least 0 and at most ${MAX_POINTS} points`;
    throw new InvalidHyperparameterError(
      `${SYNTH_RATIO}: ${quoted(given[SYNTH_RATIO])} of ${training.count} points; ${right}`,
    );
  }
  return planOf({ method: given.method, synthRatio }, classCounts(training));
}
