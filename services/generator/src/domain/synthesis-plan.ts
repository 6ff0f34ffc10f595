import type { Points } from '@qloom/datasets/points.ts';
import { classCounts } from '@qloom/datasets/rows.ts';
import { synthesisPlan as planOf } from '@qloom/datasets/synthesis-plan.ts';
import { HYPERPARAMETERS } from './hyperparameter-table.ts';
import { checkedValue, type Hyperparameters, type HyperparameterValue } from './hyperparameters.ts';

/**
 * How many synthetic points of each class to add to training points, by the rule of `@qloom/datasets/synthesis-plan.ts`. Reads
 * `method` and `synthRatio` alone, so that it also plans for a generator that is not this one.
 *
 * @throws InvalidHyperparameterError for a synthRatio out of range.
 */
export function synthesisPlan(given: Hyperparameters, training: Points): number[] {
  const value = (name: string): HyperparameterValue | undefined => {
    const row = HYPERPARAMETERS.find((parameter) => parameter.name === name);
    return row && checkedValue(row, given[name]);
  };
  return planOf({ method: given.method, synthRatio: value('synthRatio') }, classCounts(training));
}
