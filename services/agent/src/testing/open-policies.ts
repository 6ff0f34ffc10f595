import { createStepRunner } from '@qloom/tfjs/steps/run-step.ts';
import { type Training, useTraining } from '@qloom/tfjs/steps/use-training.ts';
import { createPolicies, type PolicyNamed } from '../domain/policy/policy-table.ts';

let opened: Promise<{ readonly training: Training; readonly policyNamed: PolicyNamed }> | undefined;

/** The policies as an agent opens them by default; once per process, so that they share their graphs. */
export function openPolicies(): NonNullable<typeof opened> {
  opened ??= useTraining().then((training) => ({
    training,
    policyNamed: createPolicies(createStepRunner('a policy', training.compiled.steps)),
  }));
  return opened;
}
