import { echoed, quoted } from '@qloom/tensor/quoted.ts';

/** The value of a hyperparameter: a number, or the text of a choice. */
export type Value = number | string;

/** One set of hyperparameters: values by name. Inactive conditional parameters are absent. */
export type Hyperparameters = Readonly<Record<string, Value>>;

/** A parameter is active only while `parameter` is active and has one of `values`. */
export interface Condition {
  readonly parameter: string;
  readonly values: readonly Value[];
}

interface Described {
  /** Unique in the study's space, such as `vae.width` or `synthRatio`. */
  readonly name: string;
  /** What it does, for people; empty where its service says nothing. */
  readonly description?: string;
  readonly condition?: Condition;
}

/** A number in [min, max]; whole where `kind` is `int`. */
export interface NumericParameter extends Described {
  readonly kind: 'float' | 'int';
  readonly min: number;
  readonly max: number;
  /** `log`: equal ratios are equally likely; then `min` is above 0. */
  readonly scale: 'linear' | 'log';
  /** True where 0 is allowed beside [min, max], as for `synthRatio`: {0} ∪ log [0.25, 8]. */
  readonly zeroAllowed?: boolean;
  readonly default: number;
}

/** One of `choices`, without an order. */
export interface CategoricalParameter extends Described {
  readonly kind: 'categorical';
  readonly choices: readonly Value[];
  readonly default: Value;
}

/** A hyperparameter as a service advertises it in GetCapabilities. */
export type Parameter = NumericParameter | CategoricalParameter;

/** In words, for messages: `a float in [0.25, 8] or 0`, `one of ns-r1, wgan-gp`. */
export function describeRange(parameter: Parameter): string {
  if (parameter.kind === 'categorical')
    return `one of ${parameter.choices.map((choice) => echoed(String(choice))).join(', ')}`;
  const article = parameter.kind === 'int' ? 'an integer' : 'a number';
  return `${article} in [${parameter.min}, ${parameter.max}]${parameter.zeroAllowed ? ' or 0' : ''}`;
}

/** Why `value` is no value of `parameter` (what would be right included), or null where it is one. */
export function refuseValue(parameter: Parameter, value: unknown): string | null {
  const wrong = `${quoted(value)} is not ${describeRange(parameter)}`;
  if (parameter.kind === 'categorical') return parameter.choices.some((choice) => choice === value) ? null : wrong;
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrong;
  if (parameter.kind === 'int' && !Number.isInteger(value)) return wrong;
  if (value === 0 && parameter.zeroAllowed) return null;
  return value >= parameter.min && value <= parameter.max ? null : wrong;
}

/** Why the description itself makes no sense, or null. */
export function refuseParameter(parameter: Parameter): string | null {
  if (parameter.name === '') return 'has no name';
  if (parameter.kind === 'categorical') {
    if (parameter.choices.length === 0) return 'has no choices';
    if (new Set(parameter.choices).size !== parameter.choices.length) return 'repeats a choice';
  } else {
    if (!(parameter.min <= parameter.max)) return `has min ${parameter.min} above max ${parameter.max}`;
    if (!Number.isFinite(parameter.min) || !Number.isFinite(parameter.max)) return 'has a bound that is not finite';
    if (parameter.scale === 'log' && parameter.min <= 0) {
      return `has a log scale from ${parameter.min}; min must be above 0 (allow 0 with zeroAllowed)`;
    }
  }
  const refused = refuseValue(parameter, parameter.default);
  return refused === null ? null : `has a default outside its range: ${refused}`;
}
