import { AgentServiceService } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { datasetChecks } from './dataset-checks.ts';
import { studyBench } from './study-call.ts';
import { eventChecks, studyChecks } from './study-checks.ts';

/**
 * The checks of an AgentService. Their studies are cancelled, so that it needs what the other services advertise and none of their work. A
 * second instance must have the same log.
 */
export function studySuite(options: SuiteOptions): Suite {
  const instances = connectInstances(AgentServiceService, options);
  const bench = studyBench(instances, options);
  return {
    checks: [
      ...offeredServicesChecks(options, [serviceName(AgentServiceService)]),
      ...datasetChecks(bench),
      ...studyChecks(bench),
      ...eventChecks(bench),
    ],
    close: () =>
      void bench
        .end()
        .catch(() => undefined)
        .finally(() => instances.close()),
  };
}
