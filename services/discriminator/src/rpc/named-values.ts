import type { NamedValue } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';

/** Numbers by name as messages; what is not finite is left out, since the contract has no NaN. */
export function encodeValues(values: Readonly<Record<string, number>>): NamedValue[] {
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => ({ name, value }));
}

/** Messages as numbers by name. */
export function decodeValues(values: readonly NamedValue[]): Record<string, number> {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]));
}
