import type { Condition, Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';

const convolutional: Condition = { parameter: 'disc.arch', values: ['conv', 'conv-residual'] };

/** All hyperparameters of the critic, in a stable order (learning.md's search space). */
export const HYPERPARAMETERS: readonly Hyperparameter[] = [
  {
    name: 'disc.arch',
    description: 'The critic: convolutions over the features, with residual connections, or a multilayer perceptron.',
    kind: 'categorical',
    choices: ['conv', 'conv-residual', 'mlp'],
    default: 'conv',
  },
  {
    name: 'disc.convLayers',
    description: 'Convolutions, one after the other.',
    kind: 'categorical',
    choices: ['1', '2', '3'],
    default: '2',
    condition: convolutional,
  },
  {
    name: 'disc.kernel',
    description: 'Features that one filter sees at a time.',
    kind: 'categorical',
    choices: ['3', '5'],
    default: '3',
    condition: convolutional,
  },
  {
    name: 'disc.filters',
    description: 'Filters of the first convolution; a multilayer perceptron has four units per filter.',
    kind: 'categorical',
    choices: ['8', '16', '32'],
    default: '16',
  },
  {
    name: 'gan.loss',
    description:
      'Adversarial loss: non-saturating with R1, hinge with spectral norm, or Wasserstein with gradient penalty.',
    kind: 'categorical',
    choices: ['ns+R1', 'hinge+SN', 'wgan-gp'],
    default: 'ns+R1',
  },
  {
    name: 'gan.lrD',
    description: "Learning rate of the critic's Adam.",
    kind: 'float',
    min: 1e-4,
    max: 4e-3,
    scale: 'log',
    default: 2e-3,
  },
  {
    name: 'gan.dSteps',
    description: 'Updates of the critic per step of the generator.',
    kind: 'categorical',
    choices: ['1', '2', '3'],
    default: '1',
  },
  {
    name: 'gan.r1Gamma',
    description: 'Weight of the gradient penalty at real points.',
    kind: 'float',
    min: 0.01,
    max: 10,
    scale: 'log',
    default: 1,
    condition: { parameter: 'gan.loss', values: ['ns+R1'] },
  },
];
