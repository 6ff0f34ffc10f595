import type { Unconditional } from './method.ts';

/** Architecture of the networks, for the methods that train one, and the weights of their losses. */
export const VAE_HYPERPARAMETERS: readonly Unconditional[] = [
  {
    name: 'vae.layers',
    kind: 'categorical',
    choices: ['1', '2', '3'],
    fixedByModel: true,
    default: '2',
    description: 'Hidden layers of the encoder and of the decoder.',
  },
  {
    name: 'vae.width',
    kind: 'int',
    min: 16,
    max: 128,
    scale: 'log',
    fixedByModel: true,
    default: 32,
    description: 'Units of each hidden layer.',
  },
  {
    name: 'vae.latentDim',
    kind: 'int',
    min: 2,
    max: 32,
    scale: 'log',
    fixedByModel: true,
    default: 4,
    description: 'Dimensions of the latent z.',
  },
  {
    name: 'vae.activation',
    kind: 'categorical',
    choices: ['relu', 'swish', 'tanh'],
    fixedByModel: true,
    default: 'swish',
    description: 'Activation of the hidden layers.',
  },
  {
    name: 'vae.architecture',
    kind: 'categorical',
    choices: ['prior-residual', 'plain', 'residual'],
    fixedByModel: true,
    default: 'prior-residual',
    description:
      'prior-residual adds the decoder, zero at first, to a draw of the prior; residual adds each hidden layer of equal width to its input.',
  },
  {
    name: 'vae.beta',
    kind: 'float',
    min: 0.01,
    max: 1,
    scale: 'log',
    default: 0.1,
    description: 'Weight of the Kullback-Leibler term.',
  },
  {
    name: 'vae.lambdaRec',
    kind: 'float',
    min: 0.1,
    max: 10,
    scale: 'log',
    default: 1,
    description: 'Weight of the reconstruction error at step 0; it falls to a tenth of it by the last step.',
  },
];

/** Training of those networks. */
export const OPTIMIZER_HYPERPARAMETERS: readonly Unconditional[] = [
  {
    name: 'gan.lrG',
    kind: 'float',
    min: 5e-5,
    max: 5e-3,
    scale: 'log',
    default: 2e-3,
    description: "Learning rate of the generator's Adam.",
  },
  {
    name: 'gan.batchSize',
    kind: 'categorical',
    choices: ['16', '32', '64'],
    default: '32',
    description: 'Points per training step.',
  },
  {
    name: 'gan.steps',
    kind: 'int',
    min: 20,
    max: 4000,
    leastAccepted: 1,
    scale: 'log',
    default: 300,
    description: 'Steps of a fit.',
  },
];
