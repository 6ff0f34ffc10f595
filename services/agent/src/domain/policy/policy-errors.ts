import { quoted } from '@qloom/tensor/quoted.ts';

/** Thrown when a study names a policy that is not there. */
export class UnknownPolicyError extends Error {
  override readonly name = 'UnknownPolicyError';
  readonly code = 'invalid';

  constructor(policy: string, known: readonly string[]) {
    super(`policy: ${quoted(policy)} is not one of ${known.join(', ')}`);
  }
}

/** Thrown when a policy is handed a state that is none of its own: another policy's, another version's, or damaged. */
export class PolicyStateError extends Error {
  override readonly name = 'PolicyStateError';
  readonly code = 'invalid';
}
