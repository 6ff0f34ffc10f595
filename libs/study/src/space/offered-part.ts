import { invalidReason } from '../hyperparameters/check-value.ts';
import type { Hyperparameter } from '../hyperparameters/hyperparameter.ts';
import type { Restriction } from './restrict.ts';

/**
 * The part of a restriction that a hyperparameter allows: a value that it does not have and choices that it does not offer are left
 * out, a range is cut to its own. Undefined where nothing is left, or no service offers the hyperparameter.
 */
export function offeredPart(
  parameter: Hyperparameter | undefined,
  { value, min, max, choices, ...rest }: Restriction,
): Restriction | undefined {
  if (parameter === undefined) return undefined;
  const allows = (one: string | number): boolean => invalidReason(parameter, one) === null;
  if (value !== undefined) return allows(value) ? { value } : undefined;
  if (parameter.kind === 'categorical') {
    const offered = choices?.filter(allows) ?? [];
    return offered.length > 0 ? { choices: offered } : undefined;
  }
  if (choices !== undefined) return undefined;
  const low = Math.max(min ?? parameter.min, parameter.min);
  const high = Math.min(max ?? parameter.max, parameter.max);
  const isWhole = parameter.kind !== 'int' || (Number.isInteger(low) && Number.isInteger(high));
  return low <= high && isWhole ? { ...rest, min: low, max: high } : undefined;
}
