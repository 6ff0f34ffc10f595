import { quoted } from '@qloom/tensor/quoted.ts';

/** Thrown when a study names an unknown policy. */
export class UnknownPolicyError extends Error {
  override readonly name = 'UnknownPolicyError';
  readonly code = 'invalid';

  constructor(policy: string, known: readonly string[]) {
    super(`policy: ${quoted(policy)} is not one of ${known.join(', ')}`);
  }
}

/** Thrown when a policy gets a state that is not its own (of another policy or version) or is damaged. */
export class PolicyStateError extends Error {
  override readonly name = 'PolicyStateError';
  readonly code = 'invalid';
}
