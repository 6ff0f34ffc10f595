import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { sharedAnswer } from '../check.ts';
import { askCapabilities, capabilitiesChecks } from '../shared/capabilities-checks.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { continueChecks } from './continue-checks.ts';
import { dataChecks } from './data-checks.ts';
import { generatorEffectChecks } from './effect-checks.ts';
import { fitChecks, resumeChecks } from './fit-checks.ts';
import { createFitContext } from './fit-context.ts';
import { fitRepeats } from './fit-repeats.ts';
import { generatorRefusals } from './generator-refusals.ts';
import { messageSizeChecks } from './message-size-checks.ts';
import { sampleChecks } from './sample-checks.ts';
import { sampleRepeats } from './sample-repeats.ts';
import { sourceChecks } from './source-checks.ts';

/** The checks of a GeneratorService. */
export function generatorSuite(options: SuiteOptions): Suite {
  const { deadlineMs } = options;
  const instances = connectInstances(GeneratorServiceService, options);
  const generator = instances.first;
  const get = () => generator.getCapabilities({}, { deadlineMs });
  const capabilities = askCapabilities(get);
  const context = createFitContext(instances, options, capabilities);
  const fitted = sharedAnswer('a first fit', () => context.fit());
  return {
    checks: [
      ...capabilitiesChecks(capabilities, askCapabilities(get)),
      ...offeredServicesChecks(options, [serviceName(GeneratorServiceService)]),
      ...fitChecks(context, fitted),
      ...fitRepeats(context),
      ...resumeChecks(context, fitted),
      ...continueChecks(context),
      ...sampleChecks(context, fitted),
      ...sampleRepeats(context, fitted),
      ...dataChecks(context),
      ...messageSizeChecks(context, fitted, capabilities),
      ...generatorEffectChecks(context),
      ...sourceChecks(context),
      ...generatorRefusals(context, fitted, capabilities),
    ],
    close: () => instances.close(),
  };
}
