import { synthesisCounts } from '@qloom/datasets/augmentations/synthesize.ts';
import type { Points } from '@qloom/datasets/points.ts';
import { HYPERPARAMETERS } from './hyperparameter-table.ts';
import { checkedValue, type Hyperparameters, type HyperparameterValue } from './hyperparameters.ts';

/**
 * How many synthetic points of each class to add to training points: round(synthRatio · n) in all, in proportion to the classes;
 * none for method `none`. Reads these two hyperparameters alone, so that it also plans for a generator that is not this one.
 *
 * @throws InvalidHyperparameterError for a synthRatio out of range.
 */
export function synthesisPlan(given: Hyperparameters, training: Points): number[] {
  const value = (name: string): HyperparameterValue | undefined => {
    const row = HYPERPARAMETERS.find((parameter) => parameter.name === name);
    return row && checkedValue(row, given[name]);
  };
  const ratio = given.method === 'none' ? 0 : Number(value('synthRatio'));
  return synthesisCounts(training, Math.round(ratio * training.count));
}
