import type { Hyperparameter } from '../hyperparameters/hyperparameter.ts';
import { createSpace, type Space } from './space.ts';
import { SpaceConflictError } from './space-conflict-error.ts';

/** The hyperparameters that one service advertises. */
export interface Advertised {
  /** Name of the service in messages. */
  readonly service: string;
  readonly parameters: readonly Hyperparameter[];
}

/**
 * Merges the hyperparameters of several services to one space. A parameter that two services share (`batchSize`) must
 * have equal descriptions; otherwise {@link SpaceConflictError} names both services.
 */
export function mergeSpaces(advertised: readonly Advertised[]): Space {
  const owners = new Map<string, { service: string; parameter: Hyperparameter; form: string }>();
  for (const { service, parameters } of advertised) {
    for (const parameter of parameters) {
      const form = canonical(parameter);
      const owner = owners.get(parameter.name);
      if (owner === undefined) owners.set(parameter.name, { service, parameter, form });
      else if (owner.form !== form) {
        throw new SpaceConflictError(
          parameter.name,
          `${owner.service} and ${service} describe it differently: ${owner.form} against ${form}`,
        );
      }
    }
  }
  return createSpace([...owners.values()].map((owner) => owner.parameter));
}

function canonical(parameter: Hyperparameter): string {
  const { description: _, ...rest } = parameter;
  return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
}
