import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { defaultConfiguration } from '@qloom/study/space/space.ts';
import { fromUnit } from '@qloom/study/space/unit-cube.ts';
import type { Origin, Policy, PolicySettings, PolicyState } from './policy.ts';
import { sobolUnit } from './sobol/warm-start.ts';

/** A policy that does not learn: the configuration of an episode depends only on its index. */
function constant(
  name: string,
  origin: Origin,
  configurationOf: (settings: PolicySettings, episode: number) => Configuration,
): Policy {
  return {
    name,
    form: 1,
    initial: () => ({ policy: name, form: 1, updates: 0 }),
    propose: (settings, _state, { firstEpisode, count }) =>
      Array.from({ length: count }, (_, i) => ({
        hyperparameters: configurationOf(settings, firstEpisode + i),
        origin,
      })),
    observe: (_settings, state): PolicyState => state,
  };
}

/** Points drawn uniformly from the unit cube. */
export const randomPolicy = constant('random', 'random', ({ space, seed }, episode) => {
  const random = createRandom(`${seed}/random-${episode}`);
  return fromUnit(
    space,
    space.parameters.map(() => random.uniform()),
  );
});

/** Points of one scrambled Sobol sequence. */
export const sobolPolicy = constant('sobol', 'sobol', (settings, episode) =>
  fromUnit(settings.space, sobolUnit(settings, episode)),
);

/** The services' defaults, every time; only the seeds of the episodes differ. */
export const fixedPolicy = constant('fixed', 'fixed', ({ space }) => defaultConfiguration(space));
