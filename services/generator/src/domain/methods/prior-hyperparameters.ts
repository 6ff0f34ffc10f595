import { defaultRho } from '@qloom/datasets/prior/prior.ts';
import type { HyperparameterValue } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { DataShape } from '../training-data.ts';
import type { Unconditional } from './method.ts';

/** The hyperparameter of the prior, for the methods that draw from it. */
export const PRIOR_RHO: Unconditional = {
  name: 'prior.rho',
  kind: 'categorical',
  choices: ['auto', '0', '0.3', '0.5', '0.7', '0.9'],
  default: 'auto',
  description:
    "Share of a training point's own deviation from its class mean that a draw of the prior keeps; auto: 0.7 where shots are known and every row is labelled, else 0.",
};

/** The weight of the prior for the methods that train a network on top of it. */
export const PRIOR_LABELS: Unconditional = {
  name: 'prior.labels',
  kind: 'float',
  min: 30,
  max: 3000,
  scale: 'log',
  default: 300,
  description:
    'Number of labels at which the prior weighs as much as the data: with N labels the mean square of what prior-residual adds to the prior has the weight prior.labels/N.',
};

/** ρ for a value of {@link PRIOR_RHO} and this data. */
export function rhoOf(value: HyperparameterValue, { shots }: DataShape): number {
  return value === 'auto' ? defaultRho(shots) : Number(value);
}
