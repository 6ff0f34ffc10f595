import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { echoed, quoted } from '@qloom/tensor/quoted.ts';

/** Allowed values of a setting. */
export type SettingSpec =
  | { readonly kind: 'integer'; readonly low: number; readonly high: number; readonly default: number }
  | { readonly kind: 'number'; readonly low: number; readonly high: number; readonly default: number }
  | { readonly kind: 'shots'; readonly high: number; readonly default: number | null }
  | { readonly kind: 'texts'; readonly default: readonly string[] };

/** The settings of a task: name → allowed values. */
export type SettingSpecs = Readonly<Record<string, SettingSpec>>;

/** A setting's value: shots are null for exact expectations. */
export type SettingValue = number | readonly string[] | null;

/** The allowed values, in words. */
export function allowedValues(spec: SettingSpec): string {
  switch (spec.kind) {
    case 'integer':
      return `a whole number from ${spec.low} to ${spec.high}`;
    case 'number':
      return `a number from ${spec.low} to ${spec.high}`;
    case 'shots':
      return `a whole number from 1 to ${spec.high}, or null for exact values`;
    case 'texts':
      return 'a list of at least one text';
  }
}

function isAllowed(spec: SettingSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'integer':
      return Number.isInteger(value) && (value as number) >= spec.low && (value as number) <= spec.high;
    case 'number':
      return typeof value === 'number' && value >= spec.low && value <= spec.high;
    case 'shots':
      return value === null || (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= spec.high);
    case 'texts':
      return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  }
}

/**
 * The settings in force: those given, the rest by default. `owner` is used in messages (`task annni`). Throws
 * DatasetError, naming the field and what is allowed, for an unknown name or a value out of range.
 */
export function resolveSettings(
  owner: string,
  specs: SettingSpecs,
  given: Readonly<Record<string, unknown>>,
): Record<string, SettingValue> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      const known = Object.keys(specs).join(', ');
      throw new DatasetError(echoed(name), `${echoed(name)}: ${owner} has no such setting; it has ${known}`);
    }
  }
  const resolved: Record<string, SettingValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name] === undefined ? spec.default : given[name];
    if (!isAllowed(spec, value)) {
      throw new DatasetError(name, `${name}: ${quoted(value)} is not allowed in ${owner}; give ${allowedValues(spec)}`);
    }
    resolved[name] = value as SettingValue;
  }
  return resolved;
}
