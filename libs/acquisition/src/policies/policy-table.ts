import { agent } from './agent.ts';
import { fixed } from './fixed.ts';
import type { AcquisitionPolicy } from './policy.ts';

/** Every policy, by name: an acquisition function in all rounds, or a decision in each. */
export const ACQUISITION_POLICIES = {
  random: fixed('random'),
  margin: fixed('margin'),
  entropy: fixed('entropy'),
  bald: fixed('bald'),
  'core-set': fixed('core-set'),
  agent,
} as const satisfies Readonly<Record<string, AcquisitionPolicy>>;

/** Name of a policy. */
export type AcquisitionPolicyName = keyof typeof ACQUISITION_POLICIES;
