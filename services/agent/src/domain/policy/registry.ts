import type { RunStep } from '@qloom/tfjs/steps/run-step.ts';
import { fixedPolicy, randomPolicy, sobolPolicy } from './baselines.ts';
import type { Policy, PolicyState } from './policy.ts';
import { PolicyStateError, UnknownPolicyError } from './policy-errors.ts';
import { createPpoPolicy, createPpoUpdate } from './ppo/ppo.ts';
import { createPpoSurrogatePolicy, surrogatePolicy } from './surrogate-policies.ts';

/** Names of all policies, the default first. */
export const POLICY_NAMES = ['ppo-surrogate', 'ppo', 'surrogate', 'random', 'sobol', 'fixed'] as const;

/** Finds a policy by its name. Throws {@link UnknownPolicyError}. */
export type PolicyNamed = (name: string) => Policy;

/** All policies; the networks of those that have one learn through `runStep`. */
export function createPolicies(runStep: RunStep): PolicyNamed {
  const update = createPpoUpdate(runStep);
  const policies: Readonly<Record<(typeof POLICY_NAMES)[number], Policy>> = {
    'ppo-surrogate': opened(createPpoSurrogatePolicy(update)),
    ppo: opened(createPpoPolicy(update)),
    surrogate: opened(surrogatePolicy),
    random: randomPolicy,
    sobol: sobolPolicy,
    fixed: fixedPolicy,
  };
  return (name) => {
    const found = POLICY_NAMES.find((known) => known === name);
    if (found === undefined) throw new UnknownPolicyError(name, POLICY_NAMES);
    return policies[found];
  };
}

/** A policy whose state is checked when it comes in, for callers that do not know its type. */
function opened<State extends PolicyState>(policy: Policy<State>): Policy {
  const { name, form } = policy;
  const check = (state: PolicyState): State => {
    if (state.policy === name && state.form === form) return state as State;
    throw new PolicyStateError(
      `policy ${name} reads states of its own in form ${form}; this one is of ${state.policy} in form ${state.form}`,
    );
  };
  return {
    name,
    form,
    initial: (settings) => policy.initial(settings),
    propose: (settings, state, request) => policy.propose(settings, check(state), request),
    observe: (settings, state, results) => policy.observe(settings, check(state), results),
  };
}
