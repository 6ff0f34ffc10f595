import type { Condition, Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';

/** Ways to make synthetic points: the VAE-GAN, the CVAE alone, and the rivals that every report sets beside them. */
export const METHODS = [
  'gan',
  'cvae',
  'none',
  'duplicate',
  'noise',
  'shot-resampling',
  'rotation',
  'mixup',
  'smote',
  'gaussian',
  'kde',
] as const;

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/** The methods whose model is a neural network. */
export const NEURAL_METHODS: readonly Method[] = ['gan', 'cvae'];

/** The rivals that `rival.strength` changes. */
export const STRENGTH_METHODS: readonly Method[] = [
  'noise',
  'shot-resampling',
  'rotation',
  'mixup',
  'smote',
  'gaussian',
  'kde',
];

const neural: Condition = { parameter: 'method', values: NEURAL_METHODS };
const gan: Condition = { parameter: 'method', values: ['gan'] };

/**
 * Every hyperparameter that the generator owns: requests are checked against this table and GetCapabilities advertises
 * it. The critic's own (disc.*, gan.loss, gan.lrD, gan.dSteps, gan.r1Gamma) are in the discriminator's table.
 */
export const HYPERPARAMETERS: readonly Hyperparameter[] = [
  {
    name: 'method',
    kind: 'categorical',
    choices: METHODS,
    default: 'gan',
    description: 'How synthetic points are made: the VAE-GAN, the CVAE alone, or a rival.',
  },
  {
    name: 'rival.strength',
    kind: 'float',
    min: 0.1,
    max: 10,
    scale: 'log',
    default: 1,
    condition: { parameter: 'method', values: STRENGTH_METHODS },
    description:
      "How far a rival departs from the training points, over the rival's own usual value; kept in its range.",
  },
  {
    name: 'vae.layers',
    kind: 'categorical',
    choices: ['1', '2', '3'],
    default: '2',
    condition: neural,
    description: 'Hidden layers of the encoder and of the decoder.',
  },
  {
    name: 'vae.width',
    kind: 'int',
    min: 16,
    max: 128,
    scale: 'log',
    default: 32,
    condition: neural,
    description: 'Units of each hidden layer.',
  },
  {
    name: 'vae.latentDim',
    kind: 'int',
    min: 2,
    max: 32,
    scale: 'log',
    default: 4,
    condition: neural,
    description: 'Dimensions of the latent z.',
  },
  {
    name: 'vae.activation',
    kind: 'categorical',
    choices: ['relu', 'swish', 'tanh'],
    default: 'swish',
    condition: neural,
    description: 'Activation of the hidden layers.',
  },
  {
    name: 'vae.architecture',
    kind: 'categorical',
    choices: ['plain', 'residual'],
    default: 'plain',
    condition: neural,
    description: 'residual adds each hidden layer of equal width to its input.',
  },
  {
    name: 'vae.beta',
    kind: 'float',
    min: 0.01,
    max: 1,
    scale: 'log',
    default: 0.1,
    condition: neural,
    description: 'Weight of the Kullback-Leibler term.',
  },
  {
    name: 'vae.lambdaRec',
    kind: 'float',
    min: 0.1,
    max: 10,
    scale: 'log',
    default: 1,
    condition: neural,
    description: 'Weight of the reconstruction error at step 0; it falls to a tenth of it by the last step.',
  },
  {
    name: 'gan.lambdaDiv',
    kind: 'float',
    min: 0.01,
    max: 1,
    scale: 'log',
    zeroAllowed: true,
    default: 0.1,
    condition: gan,
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
    condition: gan,
    description: 'Weight of the gap between moments and soft histograms.',
  },
  {
    name: 'gan.lrG',
    kind: 'float',
    min: 5e-5,
    max: 5e-3,
    scale: 'log',
    default: 2e-3,
    condition: neural,
    description: "Learning rate of the generator's Adam.",
  },
  {
    name: 'gan.batchSize',
    kind: 'categorical',
    choices: ['16', '32', '64'],
    default: '32',
    condition: neural,
    description: 'Points a step.',
  },
  {
    name: 'gan.steps',
    kind: 'int',
    min: 20,
    max: 4000,
    leastAccepted: 1,
    scale: 'log',
    default: 1500,
    condition: neural,
    description: 'Steps of a fit.',
  },
  {
    name: 'synthRatio',
    kind: 'float',
    min: 0.25,
    max: 8,
    scale: 'log',
    zeroAllowed: true,
    default: 1,
    description: 'Synthetic points for each real one; 0 adds nothing. Read by whoever samples.',
  },
];
