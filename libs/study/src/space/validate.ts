import { invalidReason } from '../hyperparameters/check-value.ts';
import type { Configuration } from '../hyperparameters/hyperparameter.ts';
import { InvalidHyperparameterError } from '../hyperparameters/invalid-hyperparameter-error.ts';
import { isActive, type Space } from './space.ts';

/**
 * Checks that `configuration` has a valid value for every active parameter, and no other values. Throws
 * {@link InvalidHyperparameterError} that names the first parameter that is wrong.
 */
export function validateConfiguration(space: Space, configuration: Configuration): void {
  const expected = new Set<string>();
  for (const parameter of space.parameters) {
    const value = configuration[parameter.name];
    if (!isActive(parameter, configuration)) {
      if (value === undefined) continue;
      const { condition } = parameter;
      throw new InvalidHyperparameterError(
        parameter.name,
        `applies only while ${condition?.parameter} is ${condition?.values.join(' or ')}`,
      );
    }
    expected.add(parameter.name);
    const reason = value === undefined ? 'is missing' : invalidReason(parameter, value);
    if (reason !== null) throw new InvalidHyperparameterError(parameter.name, reason);
  }
  for (const name of Object.keys(configuration)) {
    if (!expected.has(name)) throw new InvalidHyperparameterError(name, 'is no hyperparameter of this study');
  }
}
