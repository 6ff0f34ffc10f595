import { PolicyServiceService } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { policyChecks } from './policy-checks.ts';

/** The checks of a PolicyService, such as the agent's. */
export function policySuite(options: SuiteOptions): Suite {
  const { target, deadlineMs } = options;
  const policy = connect(PolicyServiceService, target);
  return {
    checks: [
      ...offeredServicesChecks(target, deadlineMs, [serviceName(PolicyServiceService)]),
      ...policyChecks(policy, options),
    ],
    close: () => policy.close(),
  };
}
