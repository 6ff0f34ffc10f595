import type { Hyperparameter, HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { sharedAnswer } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { givenSettings } from '../shared/given-settings.ts';
import { mustBeOffered } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import { type Critic, type CritiqueRemote, type OpenChanges, openCritic } from './critique-call.ts';

/** Context shared by the checks of a critic. */
export interface CritiqueContext {
  /** The first instance. */
  readonly remote: CritiqueRemote;
  /** The second one. Skips the check where none was given. */
  second(): CritiqueRemote;
  readonly options: SuiteOptions;
  /** Settings from the command line. */
  hyperparameters(): Promise<HyperparameterSetting[]>;
  /** Objectives of the critic. Skips the check if Critique is not offered. */
  objectives(): Promise<readonly string[]>;
  /** Opens a critic for `use`, with weight 1 for every objective. */
  withCritic<T>(use: (critic: Critic) => Promise<T>, changes?: OpenChanges, at?: CritiqueRemote): Promise<T>;
  /** The advertised hyperparameters. */
  space(): Promise<readonly Hyperparameter[]>;
}

/** Creates the context for one implementation of Critique. */
export function createCritiqueContext(
  { first: remote, second }: { readonly first: CritiqueRemote; second(): CritiqueRemote },
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
    second,
    options,
    space: async () => (await capabilities()).hyperparameters,
    hyperparameters,
    objectives,
    async withCritic(use, changes = {}, at = remote) {
      const objectiveWeights = (await objectives()).map((name) => ({ name, value: 1 }));
      const critic = await openCritic(at, options, {
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
