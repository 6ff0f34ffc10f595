import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
  type HyperparameterSetting,
  type HyperparameterValue,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { must } from '../check.ts';

/** The case of a HyperparameterValue for each kind. */
export const VALUE_CASE: Readonly<Record<number, 'real' | 'integer' | 'choice' | undefined>> = {
  [HyperparameterKind.REAL]: 'real',
  [HyperparameterKind.INTEGER]: 'integer',
  [HyperparameterKind.CHOICE]: 'choice',
};

/** Fails if a value is not of the hyperparameter's kind or is out of its range. */
export function requireInRange(parameter: Hyperparameter, value: HyperparameterValue | undefined, what: string): void {
  const { name, minimum, maximum, choices, zeroAllowed } = parameter;
  const expected = VALUE_CASE[parameter.kind];
  const given = value?.value;
  must(
    given !== undefined && given.$case === expected,
    `${what} of ${name} is ${given?.$case ?? 'absent'}`,
    `of its kind, ${expected}`,
  );
  if (given.$case === 'choice') {
    must(choices.includes(given.value), `${what} of ${name} is "${given.value}"`, `one of ${choices.join(', ')}`);
    return;
  }
  const inside = (given.value >= minimum && given.value <= maximum) || (zeroAllowed && given.value === 0);
  const zero = zeroAllowed ? ' or 0' : '';
  must(inside, `${what} of ${name} is ${given.value}`, `in [${minimum}, ${maximum}]${zero}`);
}

/** Fails if an advertised hyperparameter contradicts itself. */
export function requireWellFormed(parameter: Hyperparameter): void {
  const { name, description, kind, minimum, maximum, scale, choices } = parameter;
  must(name !== '', 'a hyperparameter has no name', 'a name, unique over all services');
  must(description !== '', `${name} has no description`, 'one sentence for people');
  must(VALUE_CASE[kind] !== undefined, `the kind of ${name} is ${kind}`, 'REAL, INTEGER or CHOICE');
  if (kind === HyperparameterKind.CHOICE) {
    must(choices.length > 0, `${name} is a choice of nothing`, 'at least one of choices');
    must(new Set(choices).size === choices.length, `a choice of ${name} stands twice`, 'each choice once');
  } else {
    const ordered = Number.isFinite(minimum) && Number.isFinite(maximum) && minimum <= maximum;
    must(ordered, `the range of ${name} is [${minimum}, ${maximum}]`, 'finite, its minimum at most its maximum');
    const log = scale === HyperparameterScale.LOG;
    must(!log || minimum > 0, `${name} is on a log scale from ${minimum}`, 'a minimum above 0');
  }
  if (kind === HyperparameterKind.INTEGER) {
    const whole = Number.isInteger(minimum) && Number.isInteger(maximum);
    must(whole, `the integer ${name} ranges over [${minimum}, ${maximum}]`, 'whole numbers');
  }
  requireInRange(parameter, parameter.defaultValue, 'the default');
}

/** Whether a hyperparameter is active for these values: it has no condition, or its condition holds. */
export function isActive(
  { name, condition }: Hyperparameter,
  space: readonly Hyperparameter[],
  values: ReadonlyMap<string, HyperparameterValue>,
): boolean {
  if (condition === undefined) return true;
  // Without this one, so that the recursion ends for conditions in a circle.
  const others = space.filter((other) => other.name !== name);
  const other = others.find((candidate) => candidate.name === condition.parameter);
  if (other !== undefined && !isActive(other, others, values)) return false;
  const given = (values.get(condition.parameter) ?? other?.defaultValue)?.value;
  return given?.$case === 'choice' && condition.values.includes(given.value);
}

/**
 * The cheapest settings that a check can derive: every integer (steps, widths) at its minimum, where that is allowed;
 * `given` has precedence.
 */
export function cheapSettings(
  space: readonly Hyperparameter[],
  given: ReadonlyMap<string, HyperparameterValue>,
): HyperparameterSetting[] {
  const values = new Map(given);
  for (const { name, kind, minimum } of space) {
    if (kind !== HyperparameterKind.INTEGER || values.has(name)) continue;
    values.set(name, { value: { $case: 'integer', value: minimum } });
  }
  return space
    .filter((parameter) => values.has(parameter.name) && isActive(parameter, space, values))
    .map(({ name }) => ({ name, value: values.get(name) }));
}

/** Settings with real numbers that are not their defaults, besides `given`: a quarter of the range above its minimum. */
export function unusualSettings(
  space: readonly Hyperparameter[],
  { hyperparameters }: { readonly hyperparameters: readonly HyperparameterSetting[] },
): HyperparameterSetting[] {
  const values = new Map(hyperparameters.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
  const reals = space.filter((parameter) => {
    return (
      parameter.kind === HyperparameterKind.REAL && !values.has(parameter.name) && isActive(parameter, space, values)
    );
  });
  const quarter = ({ minimum, maximum, scale }: Hyperparameter) =>
    scale === HyperparameterScale.LOG ? minimum ** 0.75 * maximum ** 0.25 : minimum + 0.25 * (maximum - minimum);
  return [
    ...hyperparameters,
    ...reals.map((parameter) => ({
      name: parameter.name,
      value: { value: { $case: 'real' as const, value: quarter(parameter) } },
    })),
  ];
}

/** A setting just outside the advertised range. */
export function outOfRange({ name, kind, maximum }: Hyperparameter): HyperparameterSetting {
  if (kind === HyperparameterKind.CHOICE) {
    return { name, value: { value: { $case: 'choice', value: 'none of the choices' } } };
  }
  const $case = kind === HyperparameterKind.INTEGER ? 'integer' : 'real';
  return { name, value: { value: { $case, value: Math.min(2 ** 31 - 1, 10 * Math.abs(maximum) + 10) } } };
}

/** A hyperparameter that no service offers. */
export const FOREIGN_SETTING: HyperparameterSetting = {
  name: 'conformance.ofSomebodyElse',
  value: { value: { $case: 'real', value: 0.5 } },
};
