import { redactUrls } from '@qloom/episode-log/nats/redact-url.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** One environment variable: its type, default and allowed values. */
type Variable = StringVariable | NumberVariable | BooleanVariable;

interface CommonVariable {
  /** One sentence for `--help`, with the unit if there is one. */
  readonly description: string;
}

/** Text. Without `default` the variable is optional unless `required`. */
export interface StringVariable extends CommonVariable {
  readonly type: 'string';
  readonly default?: string;
  readonly required?: true;
  /** A credential: no message shows its value. */
  readonly secret?: true;
  /** The only allowed values. */
  readonly allowed?: readonly string[];
  /** What is wrong with `value` and what would be right, or undefined when it is fine. */
  readonly check?: (value: string) => string | undefined;
}

/** A finite number. */
interface NumberVariable extends CommonVariable {
  readonly type: 'integer' | 'number';
  readonly default?: number;
  readonly required?: true;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** `true`, `1`, `yes`, `on`, or `false`, `0`, `no`, `off`. */
interface BooleanVariable extends CommonVariable {
  readonly type: 'boolean';
  readonly default: boolean;
}

/** Environment variables of one program, by name. */
export type ConfigTable = Readonly<Record<string, Variable>>;

type BaseValue<V extends Variable> = V extends StringVariable
  ? V extends { readonly allowed: readonly (infer A extends string)[] }
    ? A
    : string
  : V extends NumberVariable
    ? number
    : boolean;
type Present = { readonly default: string | number | boolean } | { readonly required: true };

/** Values of a table: a variable without a default that is not required may be undefined. */
export type ConfigValues<T extends ConfigTable> = {
  readonly [K in keyof T]: T[K] extends Present ? BaseValue<T[K]> : BaseValue<T[K]> | undefined;
};

/** Declares a table; keeps its literal types. */
export function defineConfig<const T extends ConfigTable>(table: T): T {
  return table;
}

/** Thrown when the environment is wrong; lists every wrong variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads and validates the variables of `table`. An empty variable counts as unset. Throws {@link ConfigError}. */
export function loadConfig<T extends ConfigTable>(
  table: T,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ConfigValues<T> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(table)) {
    const given = env[name]?.trim();
    if (given === undefined || given === '') {
      values[name] = variable.default;
      if ('required' in variable) problems.push(`${name}: not set; ${right(variable)} (${variable.description})`);
      continue;
    }
    const { value, problem } = parse(variable, given);
    values[name] = value;
    if (problem !== undefined) {
      const isSecret = 'secret' in variable;
      problems.push(`${name}: ${isSecret ? 'what it holds' : quoted(redactUrls(given))} ${problem}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as ConfigValues<T>;
}

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

function parse(variable: Variable, given: string): { value?: unknown; problem?: string } {
  if (variable.type === 'boolean') {
    const word = given.toLowerCase();
    if (!TRUE.includes(word) && !FALSE.includes(word)) return { problem: `is not a boolean; ${right(variable)}` };
    return { value: TRUE.includes(word) };
  }
  if (variable.type === 'string') {
    if (variable.allowed && !variable.allowed.includes(given)) return { problem: `is not allowed; ${right(variable)}` };
    const problem = variable.check?.(given);
    return problem === undefined ? { value: given } : { problem };
  }
  const value = Number(given);
  const fits = value >= (variable.minimum ?? -Infinity) && value <= (variable.maximum ?? Infinity);
  if (!Number.isFinite(value) || !fits || (variable.type === 'integer' && !Number.isInteger(value))) {
    return { problem: `is not right; ${right(variable)}` };
  }
  return { value };
}

function right(variable: Variable): string {
  if (variable.type === 'boolean') return 'right would be true or false';
  if (variable.type === 'string') {
    return variable.allowed ? `right would be one of ${variable.allowed.join(', ')}` : 'right would be some text';
  }
  const noun = variable.type === 'integer' ? 'an integer' : 'a number';
  const { minimum, maximum } = variable;
  if (minimum !== undefined && maximum !== undefined) return `right would be ${noun} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `right would be ${noun} of at least ${minimum}`;
  if (maximum !== undefined) return `right would be ${noun} of at most ${maximum}`;
  return `right would be ${noun}`;
}

/** The table as text, for `--help`. */
export function describeConfig(table: ConfigTable): string {
  return Object.entries(table)
    .map(([name, variable]) => {
      const rest = [
        'required' in variable ? 'required' : `default: ${variable.default ?? 'not set'}`,
        ...(variable.type === 'string' && variable.allowed ? [`one of ${variable.allowed.join(', ')}`] : []),
        ...(variable.type === 'string' ? [] : [right(variable).replace('right would be ', '')]),
      ];
      return `  ${name}\n      ${variable.description}\n      ${rest.join('; ')}`;
    })
    .join('\n');
}
