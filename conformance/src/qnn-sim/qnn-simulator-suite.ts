import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { askCapabilities, capabilitiesChecks } from '../shared/capabilities-checks.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { circuitChecks } from './circuit-checks.ts';
import { circuitRepeats } from './circuit-repeats.ts';
import { evaluateChecks } from './evaluate-checks.ts';
import { evaluateRepeats } from './evaluate-repeats.ts';
import { measureChecks } from './measure-checks.ts';
import { minimizeChecks } from './minimize-checks.ts';
import { programChecks } from './program-checks.ts';
import { scoreChecks } from './score-checks.ts';

/** The checks of a QnnSimulatorService. */
export function qnnSimulatorSuite(options: SuiteOptions): Suite {
  const { deadlineMs } = options;
  const instances = connectInstances(QnnSimulatorServiceService, options);
  const simulator = instances.first;
  const get = () => simulator.getCapabilities({}, { deadlineMs });
  const capabilities = askCapabilities(get);
  return {
    checks: [
      ...capabilitiesChecks(capabilities, askCapabilities(get)),
      ...offeredServicesChecks(options, [serviceName(QnnSimulatorServiceService)]),
      ...evaluateChecks(simulator, options, capabilities),
      ...evaluateRepeats(instances, options),
      ...scoreChecks(simulator, options),
      ...circuitChecks(simulator, options),
      ...programChecks(simulator, options),
      ...measureChecks(simulator, options),
      ...minimizeChecks(simulator, options),
      ...circuitRepeats(instances, options),
    ],
    close: () => instances.close(),
  };
}
