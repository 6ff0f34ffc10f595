import type { AcquisitionFunction } from './acquisition-function.ts';
import { bald } from './bald.ts';
import { coreSet } from './core-set.ts';
import { entropy } from './entropy.ts';
import { margin } from './margin.ts';
import { random } from './random.ts';

/** Every acquisition function, by name. */
export const ACQUISITIONS = {
  random,
  margin,
  entropy,
  bald,
  'core-set': coreSet,
} as const satisfies Readonly<Record<string, AcquisitionFunction>>;

/** Name of an acquisition function. */
export type AcquisitionName = keyof typeof ACQUISITIONS;
