import { ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { askCapabilities, capabilitiesChecks } from '../shared/capabilities-checks.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { backendChecks } from './backend-checks.ts';
import { experimentRepeats } from './experiment-repeats.ts';
import { journalChecks } from './journal-checks.ts';
import { runChecks } from './run-checks.ts';
import { simulatedBackend } from './simulated-backend.ts';

/** The checks of an ExperimentService, on a simulated backend. A second instance must have the same log. */
export function experimentSuite(options: SuiteOptions): Suite {
  const { deadlineMs } = options;
  const instances = connectInstances(ExperimentServiceService, options);
  const backend = simulatedBackend(instances.first, options);
  const get = () => instances.first.getCapabilities({}, { deadlineMs });
  return {
    checks: [
      ...capabilitiesChecks(askCapabilities(get), askCapabilities(get)),
      ...offeredServicesChecks(options, [serviceName(ExperimentServiceService)]),
      ...backendChecks(instances.first, options, backend),
      ...runChecks(instances.first, options, backend),
      ...journalChecks(instances, options, backend),
      ...experimentRepeats(instances, options, backend),
    ],
    close: () => instances.close(),
  };
}
