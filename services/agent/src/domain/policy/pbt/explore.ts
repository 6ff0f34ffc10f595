import type { Random } from '@qloom/random/random.ts';
import type {
  Configuration,
  Hyperparameter,
  HyperparameterValue,
  NumericHyperparameter,
} from '@qloom/study/hyperparameters/hyperparameter.ts';
import { isActive, type Space } from '@qloom/study/space/space.ts';
import { numberAt } from '@qloom/study/space/unit-cube.ts';

/** Probability with which a hyperparameter is drawn anew instead of perturbed. */
const RESAMPLED = 0.25;

/** A perturbation multiplies or divides by this, to a power that is uniform in [1/2, 3/2]. */
const FACTOR = 1.2;

/**
 * The explore step of population-based training (Jaderberg et al., 2017): every number of `from` is multiplied or divided by about
 * 1.2, within its range, or with probability 1/4 drawn anew; a choice is kept or drawn anew. The power of the factor is random, so that two
 * copies of one configuration differ. Hyperparameters that are fixed by the model keep their values, and a 0 that is
 * allowed beside a range ("add nothing") is never taken.
 */
export function explore(space: Space, from: Configuration, random: Random): Configuration {
  const next: Record<string, HyperparameterValue> = {};
  for (const parameter of space.parameters) {
    if (!isActive(parameter, next)) continue;
    const { name } = parameter;
    const value = from[name];
    const isKept = value !== undefined && parameter.fixedByModel === true;
    next[name] = isKept ? value : changed(parameter, value, random.fork(name));
  }
  return next;
}

function changed(
  parameter: Hyperparameter,
  value: HyperparameterValue | undefined,
  random: Random,
): HyperparameterValue {
  const isAnew = value === undefined || value === 0 || random.uniform() < RESAMPLED;
  if (parameter.kind === 'categorical') {
    return isAnew ? parameter.choices[random.integer(parameter.choices.length)] : value;
  }
  return isAnew ? numberAt(parameter, random.uniform()) : perturbed(parameter, Number(value), random);
}

/** `value` times the factor or divided by it; the other of the two where one is outside the range. */
function perturbed(parameter: NumericHyperparameter, value: number, random: Random): number {
  const factor = FACTOR ** (0.5 + random.uniform());
  const up = moved(parameter, value, factor, 1);
  const down = moved(parameter, value, 1 / factor, -1);
  const [first, second] = random.uniform() < 0.5 ? [up, down] : [down, up];
  const isInside = (number: number) => number >= parameter.min && number <= parameter.max;
  if (isInside(first)) return first;
  return isInside(second) ? second : numberAt(parameter, random.uniform());
}

/** `value` times `factor`; an integer moves by at least one. */
function moved({ kind }: NumericHyperparameter, value: number, factor: number, step: number): number {
  if (kind !== 'int') return Number((value * factor).toPrecision(12));
  const rounded = Math.round(value * factor);
  return rounded === value ? value + step : rounded;
}
