import type { BoolValue } from './classical-value.ts';

const COMPARISONS: Readonly<Record<string, (difference: number) => boolean>> = {
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
  '==': (difference) => difference === 0,
  '!=': (difference) => difference !== 0,
};

/** Whether the operator compares. */
export const isComparison = (operator: string): boolean => Object.hasOwn(COMPARISONS, operator);

/** `left operator right` of two numbers of one kind. */
export function compare<T extends bigint | number>(operator: string, left: T, right: T): BoolValue {
  const difference = left === right ? 0 : left < right ? -1 : 1;
  return { kind: 'bool', value: COMPARISONS[operator](difference) };
}
