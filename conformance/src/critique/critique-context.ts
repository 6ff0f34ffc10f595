import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { sharedAnswer } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { givenSettings } from '../shared/given-settings.ts';
import { mustBeOffered } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { type Critic, type CritiqueRemote, openCritic } from './critique-call.ts';

/** Context shared by the checks of a critic. */
export interface CritiqueContext {
  readonly remote: CritiqueRemote;
  readonly options: SuiteOptions;
  /** Settings from the command line. */
  hyperparameters(): Promise<HyperparameterSetting[]>;
  /** Objectives of the critic. Skips the check if Critique is not offered. */
  objectives(): Promise<readonly string[]>;
  /** Opens a critic for `use`, with weight 1 for every objective. */
  withCritic<T>(use: (critic: Critic) => Promise<T>, changes?: Parameters<typeof openCritic>[2]): Promise<T>;
}

/** Creates the context for one implementation of Critique. */
export function createCritiqueContext(
  remote: CritiqueRemote,
  options: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): CritiqueContext {
  const hyperparameters = async () => {
    const { known, foreign } = givenSettings((await capabilities()).hyperparameters, options.settings);
    return [...[...known].map(([name, value]) => ({ name, value })), ...foreign];
  };
  const objectives = sharedAnswer('a critic', async () => {
    const critic = await mustBeOffered(openCritic(remote, options), 'Critique');
    critic.cancel();
    return critic.opened.objectives;
  });
  return {
    remote,
    options,
    hyperparameters,
    objectives,
    async withCritic(use, changes = {}) {
      const objectiveWeights = (await objectives()).map((name) => ({ name, value: 1 }));
      const critic = await openCritic(remote, options, {
        objectiveWeights,
        hyperparameters: await hyperparameters(),
        ...changes,
      });
      try {
        return await use(critic);
      } finally {
        critic.cancel();
      }
    },
  };
}
