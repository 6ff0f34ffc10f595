import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { critiqueChecks } from '../critique/critique-checks.ts';
import { askCapabilities, capabilitiesChecks } from '../shared/capabilities-checks.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { assessChecks } from './assess-checks.ts';

/** The checks of a DiscriminatorService. */
export function discriminatorSuite(options: SuiteOptions): Suite {
  const { deadlineMs } = options;
  const instances = connectInstances(DiscriminatorServiceService, options);
  const discriminator = instances.first;
  const get = () => discriminator.getCapabilities({}, { deadlineMs });
  const capabilities = askCapabilities(get);
  return {
    checks: [
      ...capabilitiesChecks(capabilities, askCapabilities(get)),
      ...offeredServicesChecks(options, [serviceName(DiscriminatorServiceService)]),
      ...critiqueChecks(instances, options, capabilities),
      ...assessChecks(instances, options, capabilities),
    ],
    close: () => instances.close(),
  };
}
