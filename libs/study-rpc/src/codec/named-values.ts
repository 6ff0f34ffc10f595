import type { NamedValue } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';

/** Numbers by name as messages, in the order of the record. Numbers that are not finite are left out: the contract has no NaN. */
export function encodeNamedValues(values: Readonly<Record<string, number>>): NamedValue[] {
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => ({ name, value }));
}

/** Messages as numbers by name, those that are not finite included. If a name occurs twice, the last value is used. */
export function decodeNamedValues(values: readonly NamedValue[]): Record<string, number> {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}

/**
 * {@link decodeNamedValues} without numbers that are not finite, which mean that a service has not measured the value.
 */
export function decodeFiniteValues(values: readonly NamedValue[]): Record<string, number> {
  return decodeNamedValues(values.filter(({ value }) => Number.isFinite(value)));
}
