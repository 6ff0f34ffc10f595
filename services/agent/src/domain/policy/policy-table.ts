import type { RunStep } from '@qloom/tfjs/steps/run-step.ts';
import { fixedPolicy, randomPolicy, sobolPolicy } from './constant-policies.ts';
import { pbtPolicy } from './pbt/pbt.ts';
import type { Policy, PolicyState } from './policy.ts';
import { PolicyStateError, UnknownPolicyError } from './policy-errors.ts';
import { createPpoPolicy, createPpoUpdate, type UpdatePpo } from './ppo/ppo.ts';
import { createPpoSurrogatePolicy, surrogatePolicy } from './surrogate-policies.ts';

/** A row of {@link POLICIES}. */
export interface PolicyRow {
  /** One-line description. */
  readonly description: string;
  /** Whether it needs fits that continue from models. */
  readonly continues?: boolean;
  /** Creates the policy; `update` trains the network of policies that have one. */
  create(update: UpdatePpo): Policy;
}

/** Every policy, by the name that study files use; the default first. */
export const POLICIES = {
  'ppo-surrogate': {
    description: 'Bagged trees choose among configurations that PPO draws and neighbours of the best ones.',
    create: (update) => opened(createPpoSurrogatePolicy(update)),
  },
  ppo: {
    description: 'Hybrid PPO (Fan et al., 2019): a policy gradient over choices and numbers.',
    create: (update) => opened(createPpoPolicy(update)),
  },
  surrogate: {
    description: 'Bagged trees choose among neighbours of the best configurations and configurations anywhere.',
    create: () => opened(surrogatePolicy),
  },
  pbt: {
    description: 'Population-based training: the worst members continue from copies of the best models.',
    continues: true,
    create: () => opened(pbtPolicy),
  },
  random: { description: 'Configurations drawn uniformly from the search space.', create: () => randomPolicy },
  sobol: { description: 'Configurations of one scrambled Sobol sequence.', create: () => sobolPolicy },
  fixed: { description: "The services' defaults, in every episode.", create: () => fixedPolicy },
} as const satisfies Record<string, PolicyRow>;

/** The name of a policy. */
export type PolicyName = keyof typeof POLICIES;

/** Names of the policies, in the order of the table. */
export const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];

/** Finds a policy by its name. Throws {@link UnknownPolicyError}. */
export type PolicyNamed = (name: string) => Policy;

/** Whether a policy of this table needs fits that continue from models. */
export function needsContinuing(name: string): boolean {
  const row: PolicyRow | undefined = Object.hasOwn(POLICIES, name) ? POLICIES[name as PolicyName] : undefined;
  return row?.continues === true;
}

/** Creates all policies; networks are trained with `runStep`. */
export function createPolicies(runStep: RunStep): PolicyNamed {
  const update = createPpoUpdate(runStep);
  const policies = new Map<string, Policy>(POLICY_NAMES.map((name) => [name, POLICIES[name].create(update)]));
  return (name) => {
    const found = policies.get(name);
    if (found === undefined) throw new UnknownPolicyError(name, POLICY_NAMES);
    return found;
  };
}

/** A policy that checks the states it gets, for callers that do not know their type. */
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
