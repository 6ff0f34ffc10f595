import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { sharedAnswer } from '../check.ts';
import { askCapabilities, capabilitiesChecks } from '../shared/capabilities-checks.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { fitChecks, resumeChecks } from './fit-checks.ts';
import { createFitContext } from './fit-context.ts';
import { generatorRefusals } from './generator-refusals.ts';
import { sampleChecks } from './sample-checks.ts';
import { sourceChecks } from './source-checks.ts';

/** The checks of a GeneratorService. */
export function generatorSuite(options: SuiteOptions): Suite {
  const { target, deadlineMs } = options;
  const generator = connect(GeneratorServiceService, target);
  const get = () => generator.getCapabilities({}, { deadlineMs });
  const capabilities = askCapabilities(get);
  const context = createFitContext(generator, options, capabilities);
  const fitted = sharedAnswer('a first fit', () => context.fit());
  return {
    checks: [
      ...capabilitiesChecks(capabilities, askCapabilities(get)),
      ...offeredServicesChecks(target, deadlineMs, [serviceName(GeneratorServiceService)]),
      ...fitChecks(context, fitted),
      ...resumeChecks(context, fitted),
      ...sampleChecks(context, fitted),
      ...sourceChecks(context),
      ...generatorRefusals(context, fitted, capabilities),
    ],
    close: () => generator.close(),
  };
}
