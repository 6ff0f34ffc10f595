import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';

/** A function to maximize, for comparisons of policies. Not used by the service. */
export interface ToyBenchmark {
  readonly name: string;
  readonly space: Space;
  /** At most 1, which is the optimum. */
  score(configuration: Configuration): number;
}

const space = createSpace([
  { name: 'arch', kind: 'categorical', choices: ['conv', 'residual', 'mlp'], default: 'mlp' },
  {
    name: 'kernel',
    kind: 'categorical',
    choices: ['3', '5'],
    default: '5',
    condition: { parameter: 'arch', values: ['conv', 'residual'] },
  },
  { name: 'layers', kind: 'categorical', choices: ['1', '2', '3'], default: '1' },
  { name: 'width', kind: 'int', min: 16, max: 128, scale: 'log', default: 32 },
  { name: 'lrG', kind: 'float', min: 5e-5, max: 2e-3, scale: 'log', default: 1e-4 },
  { name: 'lrD', kind: 'float', min: 1e-4, max: 4e-3, scale: 'log', default: 3e-3 },
  { name: 'beta', kind: 'float', min: 0.01, max: 1, scale: 'log', default: 0.5 },
  { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
]);

const log = (value: unknown, min: number, max: number) => Math.log((value as number) / min) / Math.log(max / min);

/** A wide hill whose best learning rates depend on each other, with a conditional parameter and two without effect. */
export const interactingRates: ToyBenchmark = {
  name: 'interacting rates',
  space,
  score(configuration) {
    if (configuration.synthRatio === 0) return 0;
    const g = log(configuration.lrG, 5e-5, 2e-3);
    const d = log(configuration.lrD, 1e-4, 4e-3);
    const ratio = log(configuration.synthRatio, 0.25, 8);
    const arch = configuration.arch === 'residual' ? 0 : configuration.arch === 'conv' ? 0.25 : 0.5;
    const kernel = configuration.kernel === '3' ? 0 : 0.15;
    return 1 - 2 * (g - 0.75) ** 2 - 3 * (g - d - 0.3) ** 2 - (ratio - 0.7) ** 2 - arch - kernel;
  },
};

/** Most of the space diverges (−1); in the rest, two choices must match a width. */
export const narrowValley: ToyBenchmark = {
  name: 'narrow valley',
  space,
  score(configuration) {
    if (configuration.synthRatio === 0) return 0;
    const g = log(configuration.lrG, 5e-5, 2e-3);
    const d = log(configuration.lrD, 1e-4, 4e-3);
    if (g > d + 0.3) return -1;
    const width = log(configuration.width, 16, 128);
    const wanted = configuration.layers === '3' ? 0.2 : configuration.layers === '2' ? 0.6 : 0.95;
    const layers = configuration.layers === '2' ? 0 : 0.2;
    const beta = log(configuration.beta, 0.01, 1);
    return (
      1 -
      (width - wanted) ** 2 -
      layers -
      2 * (beta - 0.3) ** 2 -
      (d - 0.8) ** 2 -
      (configuration.arch === 'mlp' ? 0.2 : 0)
    );
  },
};
