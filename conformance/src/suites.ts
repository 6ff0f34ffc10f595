import { campaignSuite } from './campaign/campaign-suite.ts';
import { discriminatorSuite } from './discriminator/discriminator-suite.ts';
import { experimentSuite } from './experiment/experiment-suite.ts';
import { generatorSuite } from './generator/generator-suite.ts';
import { policySuite } from './policy/policy-suite.ts';
import { qnnSimulatorSuite } from './qnn-sim/qnn-simulator-suite.ts';
import { studySuite } from './study/study-suite.ts';
import type { Suite, SuiteOptions } from './suite.ts';

/** The services that can be checked. */
export const SUITE_NAMES = [
  'generator',
  'discriminator',
  'qnn-sim',
  'policy',
  'experiment',
  'campaign',
  'study',
] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

const SUITES: Readonly<Record<SuiteName, (options: SuiteOptions) => Suite>> = {
  generator: generatorSuite,
  discriminator: discriminatorSuite,
  'qnn-sim': qnnSimulatorSuite,
  policy: policySuite,
  experiment: experimentSuite,
  campaign: campaignSuite,
  study: studySuite,
};

/** The checks of a service. Close the suite when they are done. */
export function openSuite(name: SuiteName, options: SuiteOptions): Suite {
  return SUITES[name](options);
}
