import { CheckpointError } from '../errors.ts';
import type { Model } from '../model.ts';
import { priorSource } from '../sampling/prior-source.ts';
import { sampleGated } from '../sampling/sample-gated.ts';
import { GATE_POSTERIOR } from './gate-hyperparameters.ts';
import { type GeneratorMethod, NOTHING_LEARNED } from './method.ts';
import { PRIOR_RHO, rhoOf } from './prior-hyperparameters.ts';

/** The prior on which the networks are built, alone: class means, a pooled covariance, and the shot layer. */
export const prior: GeneratorMethod = {
  description: 'Gaussian or kernel density per class with a pooled covariance, measured with the shots of the data.',
  baseline: true,
  needs: [],
  classDensity: true,
  critic: false,
  continues: false,
  strength: false,
  hyperparameters: [PRIOR_RHO, GATE_POSTERIOR],
  fit: async ({ settings, data }) => ({
    ...NOTHING_LEARNED,
    learned: { content: { prior: { rho: rhoOf(settings.own['prior.rho'], data.shape) } }, blobs: {} },
  }),
  sample: sampleGated((model) => priorSource(model.training, learnedRho(model))),
};

function learnedRho({ method, learned }: Model): number {
  const content = learned?.content['prior'] as { readonly rho: number } | undefined;
  if (content === undefined) throw new CheckpointError(`checkpoint: a model of method ${method} without its prior`);
  return content.rho;
}
