import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { quoted } from '@qloom/tensor/quoted.ts';
import { Ajv, type ErrorObject } from 'ajv';
import { nearest } from '../command/nearest.ts';
import { type FieldPath, formatPath, type Positions, type Problem } from './problem.ts';
import { studyNameRule } from './study-name.ts';

/** Path of the published JSON Schema. */
export const SCHEMA_PATH = fileURLToPath(new URL('../../schema/study.schema.json', import.meta.url));

/** Path of the published JSON Schema of compare files. */
export const COMPARE_SCHEMA_PATH = fileURLToPath(new URL('../../schema/compare.schema.json', import.meta.url));

const compiled = new Map<string, ReturnType<Ajv['compile']>>();

function validator(path = SCHEMA_PATH): ReturnType<Ajv['compile']> {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const options = { allErrors: true, verbose: true, allowUnionTypes: true };
  const fresh = new Ajv(options).compile(JSON.parse(readFileSync(path, 'utf8')));
  compiled.set(path, fresh);
  return fresh;
}

/** Forms of the reward as the published schema has them: the default, and those that take weights. */
export function rewardForms(): { readonly usual: string; readonly weighted: readonly string[] } {
  const { properties, then } = (validator().schema as { properties: { reward: RewardSection } }).properties.reward;
  return { usual: properties.form.default, weighted: then.properties.form.enum };
}

/** Baselines of Qloom's own generator, as the published schema has them. */
export function ownBaselines(): readonly string[] {
  const { rivals } = (validator().schema as { properties: { evaluation: EvaluationSection } }).properties.evaluation
    .properties;
  return rivals.items.anyOf[0].enum;
}

interface EvaluationSection {
  readonly properties: {
    readonly rivals: { readonly items: { readonly anyOf: readonly [{ readonly enum: readonly string[] }, object] } };
  };
}

interface RewardSection {
  readonly properties: { readonly form: { readonly default: string } };
  readonly then: { readonly properties: { readonly form: { readonly enum: readonly string[] } } };
}

/** Context of the file. */
export interface SchemaContext {
  /** Whether a custom policy or agent, whose policies may have any name, is set elsewhere. */
  readonly anyPolicy?: boolean;
  /** Path of the schema. Default: {@link SCHEMA_PATH}. */
  readonly schema?: string;
}

/** What is wrong with `value` by the published schema, each with its line; empty when nothing is. */
export function checkSchema(
  value: unknown,
  positions: Positions,
  { anyPolicy = false, schema }: SchemaContext = {},
): Problem[] {
  const validate = validator(schema);
  if (validate(value)) return [];
  // The names of policies are restricted by `else`, in which types are checked once more.
  const isNamed = ({ keyword, data }: ErrorObject) => keyword === 'enum' && typeof data === 'string' && !anyPolicy;
  const errors = (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    // checkMeaning reports weights of a form without weights, since it knows the default form.
    .filter((error) => !error.schemaPath.startsWith('#/properties/reward/then/'))
    .filter((error) => !error.schemaPath.startsWith('#/else/') || isNamed(error));
  // The branches of anyOf are reported as one problem.
  const undecided = errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath);
  return errors
    .filter((error) => error.keyword === 'anyOf' || !undecided.some((path) => error.instancePath.startsWith(path)))
    .map((error) => toProblem(error, positions));
}

function toProblem(error: ErrorObject, positions: Positions): Problem {
  const path = pathOf(error.instancePath);
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const allowed = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
    const meant = nearest(name, allowed);
    return {
      line: positions.lineOfKey([...path, name]),
      field: formatPath([...path, name]),
      message: `no such field${meant === undefined ? '.' : `; did you mean "${meant}"?`} Allowed: ${allowed.join(', ')}`,
    };
  }
  if (error.keyword === 'required') {
    const field = formatPath([...path, String(params['missingProperty'])]);
    return { line: path.length === 0 ? undefined : positions.lineOfKey(path), field, message: 'is missing' };
  }
  return { line: positions.lineOfValue(path), field: formatPath(path), message: describe(error, params) };
}

function describe(error: ErrorObject, params: Record<string, unknown>): string {
  const value = quoted(error.data);
  switch (error.keyword) {
    case 'enum':
      return `${value} is not one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
    case 'type':
      return `${value} is not ${words(params['type'])}${inQuotes(error.data, params['type'])}`;
    case 'minimum':
      return `${value} is below the minimum ${params['limit']}`;
    case 'exclusiveMinimum':
      return `${value} is not above ${params['limit']}`;
    case 'maximum':
      return `${value} is above the maximum ${params['limit']}`;
    case 'pattern':
      return `${value} is no name for a study: ${studyNameRule(String(error.data))}`;
    case 'minItems':
    case 'maxItems':
      return `has ${(error.data as unknown[]).length} entries; ${error.keyword === 'minItems' ? 'at least' : 'at most'} ${params['limit']} are right`;
    case 'uniqueItems':
      return `entry ${params['i']} is listed twice`;
    case 'minLength':
      return 'is empty';
    case 'anyOf':
      if (branchesOf(error).some((branch) => 'pattern' in branch)) {
        return `${value} is no name of a method; right would be up to 32 of a-z, 0-9 and "-", the first a letter or digit`;
      }
      return `${value} is neither a value (fixes it), nor a list (narrows its choices), nor {min, max} (narrows its range)`;
    default:
      return `${value} ${error.message ?? 'is not allowed'}`;
  }
}

/** The branches of an `anyOf`. */
const branchesOf = ({ schema }: ErrorObject) => schema as readonly object[];

/** Hint how to write a number, true or false as a text. */
function inQuotes(value: unknown, type: unknown): string {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return type === 'string' && isPlain ? `; write it in quotes: "${value}"` : '';
}

function words(type: unknown): string {
  const names: Record<string, string> = {
    integer: 'a whole number',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    object: 'a section of fields',
    array: 'a list',
  };
  return (Array.isArray(type) ? type : [type]).map((name) => names[String(name)] ?? String(name)).join(' or ');
}

/** JSON pointer → path; list indices become numbers. */
function pathOf(pointer: string): FieldPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
