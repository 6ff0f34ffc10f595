import { networkSource } from '../sampling/network-source.ts';
import { sampleGated } from '../sampling/sample-gated.ts';
import { fitNetwork } from '../training/fit-network.ts';
import { GATE_POSTERIOR } from './gate-hyperparameters.ts';
import type { GeneratorMethod } from './method.ts';
import { OPTIMIZER_HYPERPARAMETERS, VAE_HYPERPARAMETERS } from './network-hyperparameters.ts';
import { PRIOR_LABELS, PRIOR_RHO } from './prior-hyperparameters.ts';

/** The conditional VAE alone (Sohn et al., 2015). */
export const cvae: GeneratorMethod = {
  description: 'Conditional VAE without a critic; its samples have noise as wide as its reconstruction error.',
  baseline: true,
  needs: [],
  classDensity: true,
  critic: false,
  continues: true,
  strength: false,
  hyperparameters: [...VAE_HYPERPARAMETERS, PRIOR_RHO, PRIOR_LABELS, ...OPTIMIZER_HYPERPARAMETERS, GATE_POSTERIOR],
  fit: (options) => fitNetwork(options, { critic: false }),
  sample: sampleGated(networkSource),
};
