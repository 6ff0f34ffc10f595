import { checkConfiguration } from '@qloom/study/hyperparameters/check-configuration.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { echoed } from '@qloom/tensor/quoted.ts';
import { InvalidSettingError } from '../errors.ts';
import { HYPERPARAMETERS } from '../hyperparameters.ts';

/** Objectives that can be weighted in the critic's gradient. */
export const OBJECTIVES = ['adversarial', 'feature-matching'] as const;

/** One of {@link OBJECTIVES}. */
export type Objective = (typeof OBJECTIVES)[number];

/** Which adversarial loss. */
export type LossKind = 'ns+R1' | 'hinge+SN' | 'wgan-gp';

/** Settings of a critic: everything except its data and its seed. */
export interface CriticSettings {
  readonly architecture: 'conv' | 'conv-residual' | 'mlp';
  readonly convLayers: number;
  /** Width of a filter. Unit: features. */
  readonly kernel: number;
  readonly filters: number;
  readonly loss: LossKind;
  readonly learningRate: number;
  /** Updates per step. */
  readonly updatesPerStep: number;
  /** γ of R1. */
  readonly r1Gamma: number;
  /** Weight of each objective in the gradient. */
  readonly weights: Readonly<Record<Objective, number>>;
}

/** The hyperparameters that the discriminator checks. */
const OWNED = { service: 'discriminator', hyperparameters: HYPERPARAMETERS, prefixes: ['disc.'] };

/**
 * Settings from hyperparameters and objective weights (absent: 0).
 *
 * Throws InvalidHyperparameterError for a value out of range or an unknown name under `disc.`, {@link InvalidSettingError} for
 * an unknown objective and for a weight that is not a finite number of at least 0.
 */
export function criticSettings(
  hyperparameters: Configuration,
  weights: Readonly<Record<string, number>>,
): CriticSettings {
  const { own } = checkConfiguration(OWNED, hyperparameters);
  const number = (name: string) => Number(own.get(name));
  for (const [name, weight] of Object.entries(weights)) {
    if (!(OBJECTIVES as readonly string[]).includes(name) && weight !== 0) {
      throw new InvalidSettingError(`objective ${echoed(name)}: this critic knows ${OBJECTIVES.join(', ')}`);
    }
    if (!Number.isFinite(weight) || weight < 0) {
      throw new InvalidSettingError(`objective ${echoed(name)}: weight ${weight} is not a finite number of at least 0`);
    }
  }
  return {
    architecture: own.get('disc.arch') as CriticSettings['architecture'],
    convLayers: number('disc.convLayers'),
    kernel: number('disc.kernel'),
    filters: number('disc.filters'),
    loss: own.get('gan.loss') as LossKind,
    learningRate: number('gan.lrD'),
    updatesPerStep: number('gan.dSteps'),
    r1Gamma: number('gan.r1Gamma'),
    weights: {
      adversarial: weights.adversarial ?? 0,
      'feature-matching': weights['feature-matching'] ?? 0,
    },
  };
}

/**
 * Whether the critic sees the batch's standard deviation: not if a loss or a norm bounds its slope at single points.
 */
export function usesBatchStd({ loss }: CriticSettings): boolean {
  return loss === 'ns+R1';
}
