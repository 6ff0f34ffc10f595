import { ANNNI_SETTINGS } from './annni-task.ts';
import { onShorterChain } from './shorter-chain.ts';

/**
 * Settings of a cheaper relative of an ANNNI task: `given`, completed by those of the task. Observables that are not given
 * are those of the task at the corresponding places of the other chain (`onShorterChain`); expectations are exact unless
 * `shots` is given, because a simulator computes them. Throws DatasetError for an observable that does not fit.
 */
export function annniRelative(
  own: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const settings = { ...own, shots: null, ...given };
  const to = given['spins'];
  if (given['observables'] !== undefined || !isChain(to)) return settings;
  const from = own['spins'] as number;
  const observables = (own['observables'] as readonly string[]).map((text) => onShorterChain(text, from, to));
  return { ...settings, observables };
}

/** Whether it is a length of a chain; others are refused where the task is created. */
function isChain(spins: unknown): spins is number {
  const { low, high } = ANNNI_SETTINGS.spins;
  return Number.isInteger(spins) && (spins as number) >= low && (spins as number) <= high;
}
