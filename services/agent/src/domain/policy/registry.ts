import { fixedPolicy, randomPolicy, sobolPolicy } from './baselines.ts';
import type { Policy, PolicyState } from './policy.ts';
import { ppoPolicy } from './ppo.ts';
import { ppoSurrogatePolicy, surrogatePolicy } from './surrogate-policies.ts';

/** Thrown when a study names a policy that is not there. */
export class UnknownPolicyError extends Error {
  override readonly name = 'UnknownPolicyError';
  readonly code = 'invalid';

  constructor(policy: string) {
    super(`policy: ${JSON.stringify(policy)} is not one of ${POLICY_NAMES.join(', ')}`);
  }
}

/** Thrown when a policy is handed a state that another policy, or another version of it, has written. */
export class ForeignPolicyStateError extends Error {
  override readonly name = 'ForeignPolicyStateError';
  readonly code = 'invalid';
}

/** A policy whose state is checked when it comes in, for callers that do not know its type. */
function opened<State extends PolicyState>(policy: Policy<State>): Policy {
  const form = 1;
  const check = (state: PolicyState): State => {
    if (state.policy === policy.name && state.form === form) return state as State;
    throw new ForeignPolicyStateError(
      `policy ${policy.name} reads states of its own in form ${form}; this one is of ${state.policy} in form ${state.form}`,
    );
  };
  return {
    name: policy.name,
    initial: (settings) => policy.initial(settings),
    propose: (settings, state, request) => policy.propose(settings, check(state), request),
    observe: (settings, state, results) => policy.observe(settings, check(state), results),
  };
}

const POLICIES: readonly Policy[] = [
  opened(ppoSurrogatePolicy),
  opened(ppoPolicy),
  opened(surrogatePolicy),
  randomPolicy,
  sobolPolicy,
  fixedPolicy,
];

/** Names of all policies, the default first. */
export const POLICY_NAMES: readonly string[] = POLICIES.map((policy) => policy.name);

/** The policy of that name. Throws {@link UnknownPolicyError}. */
export function policyNamed(name: string): Policy {
  const policy = POLICIES.find((candidate) => candidate.name === name);
  if (policy === undefined) throw new UnknownPolicyError(name);
  return policy;
}
