import { echoed } from '@qloom/tensor/quoted.ts';
import { invalidDefinition, invalidReason } from '../hyperparameters/check-value.ts';
import type { Configuration, Hyperparameter, HyperparameterValue } from '../hyperparameters/hyperparameter.ts';
import { SpaceConflictError } from './space-conflict-error.ts';

/** The search space of a study: its hyperparameters, each after the one that its condition depends on. */
export interface Space {
  readonly parameters: readonly Hyperparameter[];
}

/**
 * Creates a space of `parameters`, ordered so that a condition's parameter comes first and names are otherwise sorted;
 * it does not depend on the order in which services answered. Throws {@link SpaceConflictError} for a duplicate name, a
 * condition on an unknown parameter or in a circle, or an invalid range.
 */
export function createSpace(parameters: readonly Hyperparameter[]): Space {
  const byName = new Map<string, Hyperparameter>();
  for (const parameter of parameters) {
    const reason = invalidDefinition(parameter);
    if (reason !== null) throw new SpaceConflictError(parameter.name, reason);
    if (byName.has(parameter.name)) throw new SpaceConflictError(parameter.name, 'is described twice');
    byName.set(parameter.name, parameter);
  }
  const ordered: Hyperparameter[] = [];
  const visit = (parameter: Hyperparameter, below: readonly string[]): void => {
    if (ordered.includes(parameter)) return;
    if (below.includes(parameter.name)) {
      throw new SpaceConflictError(parameter.name, `its condition runs in a circle: ${below.map(echoed).join(' → ')}`);
    }
    const { condition } = parameter;
    if (condition !== undefined) {
      const parent = byName.get(condition.parameter);
      if (parent === undefined) {
        throw new SpaceConflictError(
          parameter.name,
          `depends on ${echoed(condition.parameter)}, which no service offers`,
        );
      }
      for (const value of condition.values) {
        const reason = invalidReason(parent, value);
        if (reason !== null)
          throw new SpaceConflictError(parameter.name, `depends on ${echoed(parent.name)}: ${reason}`);
      }
      visit(parent, [...below, parameter.name]);
    }
    ordered.push(parameter);
  };
  for (const name of [...byName.keys()].sort()) visit(byName.get(name) as Hyperparameter, []);
  return { parameters: ordered };
}

/** Whether `parameter` is active, given the values chosen before it. */
export function isActive(parameter: Hyperparameter, chosen: Configuration): boolean {
  const { condition } = parameter;
  if (condition === undefined) return true;
  const value = chosen[condition.parameter];
  return condition.values.some((active) => active === value);
}

/** The default of each active hyperparameter. */
export function defaultConfiguration(space: Space): Configuration {
  const configuration: Record<string, HyperparameterValue> = {};
  for (const parameter of space.parameters) {
    if (isActive(parameter, configuration)) configuration[parameter.name] = parameter.default;
  }
  return configuration;
}
