import { echoed } from '@qloom/tensor/quoted.ts';
import { checkValue } from './check-value.ts';
import type { Configuration, Hyperparameter, HyperparameterValue } from './hyperparameter.ts';
import { InvalidHyperparameterError } from './invalid-hyperparameter-error.ts';

/** The hyperparameters of one service. */
export interface OwnedHyperparameters {
  /** Name of the service in messages: `generator`. */
  readonly service: string;
  /** All hyperparameters that it checks and advertises, in a stable order. */
  readonly hyperparameters: readonly Hyperparameter[];
  /**
   * Prefixes that only this service uses: an unknown name with one of them is a mistake, not a hyperparameter of
   * another service.
   */
  readonly prefixes: readonly string[];
}

/** A configuration, divided into the service's own values and those of others. */
export interface CheckedConfiguration {
  /** A value for each of the service's hyperparameters: the given one, or the default. */
  readonly own: ReadonlyMap<string, HyperparameterValue>;
  /** Values of other services' hyperparameters, unchanged. */
  readonly others: Configuration;
}

/**
 * Checks the values of a service's own hyperparameters and fills in defaults.
 *
 * @throws InvalidHyperparameterError for a value out of range and for an unknown name under one of the service's prefixes.
 */
export function checkConfiguration(
  { service, hyperparameters, prefixes }: OwnedHyperparameters,
  given: Configuration,
): CheckedConfiguration {
  const own = new Map(
    hyperparameters.map((hyperparameter) => [
      hyperparameter.name,
      checkValue(hyperparameter, given[hyperparameter.name]),
    ]),
  );
  const others: Record<string, HyperparameterValue> = {};
  for (const [name, value] of Object.entries(given)) {
    if (own.has(name)) continue;
    if (prefixes.some((prefix) => name.startsWith(prefix))) {
      const offered = [...own.keys()].join(', ');
      throw new InvalidHyperparameterError(echoed(name), `no such hyperparameter; the ${service} offers ${offered}`);
    }
    others[name] = value;
  }
  return { own, others };
}
