/** The value of a hyperparameter: a number, or the text of a choice. */
export type HyperparameterValue = number | string;

/** One value for every active hyperparameter, by name. Hyperparameters whose condition does not hold are absent. */
export type Configuration = Readonly<Record<string, HyperparameterValue>>;

/** A hyperparameter is active only while `parameter`, a categorical one, is active and has one of `values`. */
export interface Condition {
  readonly parameter: string;
  readonly values: readonly string[];
}

interface Described {
  /** Unique over all services, such as `vae.width` or `synthRatio`. */
  readonly name: string;
  /** One-sentence description; empty or absent if its service gives none. */
  readonly description?: string;
  readonly condition?: Condition;
  /** Whether a fit that continues from a model needs the value with which that model was fitted. Default false. */
  readonly fixedByModel?: boolean;
}

/** A number in [min, max]; an integer where `kind` is `int`. */
export interface NumericHyperparameter extends Described {
  readonly kind: 'float' | 'int';
  /** Smallest and largest value that a search tries. */
  readonly min: number;
  readonly max: number;
  /**
   * Smallest value that the service accepts, if tests and short runs need less than a search should try. Default `min`.
   * It is not advertised.
   */
  readonly leastAccepted?: number;
  /** `log`: equal ratios are equally likely; then `min` is above 0. */
  readonly scale: 'linear' | 'log';
  /** Whether 0 is allowed in addition to [min, max], as for `synthRatio`: {0} ∪ log [0.25, 8]. */
  readonly zeroAllowed?: boolean;
  readonly default: number;
}

/** One of `choices`, without an order. Choices are text, as on the wire: a number is given as `"16"`. */
interface CategoricalHyperparameter extends Described {
  readonly kind: 'categorical';
  readonly choices: readonly string[];
  readonly default: string;
}

/** A hyperparameter as a service advertises it in GetCapabilities. Values are checked against what is advertised. */
export type Hyperparameter = NumericHyperparameter | CategoricalHyperparameter;
