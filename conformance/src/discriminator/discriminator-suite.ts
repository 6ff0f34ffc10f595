import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { critiqueChecks } from '../critique/critique-checks.ts';
import { askCapabilities, capabilitiesChecks } from '../shared/capabilities-checks.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { assessChecks } from './assess-checks.ts';

/** The checks of a DiscriminatorService. */
export function discriminatorSuite(options: SuiteOptions): Suite {
  const { target, deadlineMs } = options;
  const discriminator = connect(DiscriminatorServiceService, target);
  const get = () => discriminator.getCapabilities({}, { deadlineMs });
  const capabilities = askCapabilities(get);
  return {
    checks: [
      ...capabilitiesChecks(capabilities, askCapabilities(get)),
      ...offeredServicesChecks(target, deadlineMs, [serviceName(DiscriminatorServiceService)]),
      ...critiqueChecks(discriminator, options, capabilities),
      ...assessChecks(discriminator, options, capabilities),
    ],
    close: () => discriminator.close(),
  };
}
