import { networkSource } from '../sampling/network-source.ts';
import { sampleGated } from '../sampling/sample-gated.ts';
import { fitNetwork } from '../training/fit-network.ts';
import { GATE_POSTERIOR } from './gate-hyperparameters.ts';
import type { GeneratorMethod, Unconditional } from './method.ts';
import { OPTIMIZER_HYPERPARAMETERS, VAE_HYPERPARAMETERS } from './network-hyperparameters.ts';
import { PRIOR_LABELS, PRIOR_RHO } from './prior-hyperparameters.ts';

const PENALTIES: readonly Unconditional[] = [
  {
    name: 'gan.lambdaDiv',
    kind: 'float',
    min: 0.01,
    max: 1,
    scale: 'log',
    zeroAllowed: true,
    default: 0.1,
    description: 'Weight of the entropy that synthetic points lack against real ones.',
  },
  {
    name: 'gan.lambdaMom',
    kind: 'float',
    min: 0.05,
    max: 5,
    scale: 'log',
    zeroAllowed: true,
    default: 3,
    description: 'Weight of the gap between moments and soft histograms.',
  },
];

/** The conditional VAE-GAN, which studies search. */
export const gan: GeneratorMethod = {
  description: 'Conditional VAE-GAN, trained against the critic.',
  baseline: false,
  needs: [],
  classDensity: true,
  critic: true,
  continues: true,
  strength: false,
  hyperparameters: [
    ...VAE_HYPERPARAMETERS,
    PRIOR_RHO,
    PRIOR_LABELS,
    ...PENALTIES,
    ...OPTIMIZER_HYPERPARAMETERS,
    GATE_POSTERIOR,
  ],
  fit: (options) => fitNetwork(options, { critic: true }),
  sample: sampleGated(networkSource),
};
