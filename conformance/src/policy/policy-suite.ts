import { PolicyServiceService } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { continueChecks } from './continue-proposals.ts';
import { policyChecks } from './policy-checks.ts';
import { policyRepeats } from './policy-repeats.ts';

/** The checks of a PolicyService, such as the agent's. */
export function policySuite(options: SuiteOptions): Suite {
  const instances = connectInstances(PolicyServiceService, options);
  return {
    checks: [
      ...offeredServicesChecks(options, [serviceName(PolicyServiceService)]),
      ...policyChecks(instances, options),
      ...policyRepeats(instances, options),
      ...continueChecks(instances, options),
    ],
    close: () => instances.close(),
  };
}
