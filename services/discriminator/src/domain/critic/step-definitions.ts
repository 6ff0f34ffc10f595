import { flatAdamUpdate } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatten, joinFlat, splitFlat, unflatten } from '@qloom/tfjs/steps/flat-state.ts';
import type { StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import type * as tf from '@tensorflow/tfjs-core';
import type { CriticSpecs } from './critic-specs.ts';
import { criticGradients, judgeBatch, type Network } from './critic-step.ts';
import type { CriticSettings } from './settings.ts';

/** Adam's decays, as usual for adversarial training, and its ε. */
export const ADAM = { beta1: 0, beta2: 0.99, epsilon: 1e-8 } as const;

/**
 * The quantities that determine the steps of a critic: critics of the same structure share steps, each with its own
 * state.
 */
export interface Structure {
  readonly settings: CriticSettings;
  readonly specs: CriticSpecs;
  /** Parameters, then singular vectors: numbers of each. */
  readonly sizes: { readonly parameters: number; readonly singular: number };
  readonly batch: number;
  readonly features: number;
  /** 1 + classes. */
  readonly memberships: number;
}

/** The network of a flat state: all parameters, then all singular vectors. */
function networkOf({ settings, specs, sizes }: Structure, state: tf.Tensor): Network & { all: tf.Tensor1D } {
  const [all, rest] = splitFlat(state, [[sizes.parameters], [sizes.singular]]) as tf.Tensor1D[];
  return { settings, parameters: unflatten(all, specs.parameters), singular: unflatten(rest, specs.singular), all };
}

function batchShapes({ batch, features, memberships }: Structure): number[][] {
  return [
    [batch, features],
    [batch, features],
    [batch, memberships],
  ];
}

/** Inputs: state, real, fake, membership, the two weights. Outputs: `report` (adversarial, matching, logits) and `gradient`. */
export function judgeDefinition(structure: Structure, wantGradient: boolean): StepDefinition {
  const { parameters, singular } = structure.sizes;
  return {
    inputs: [[parameters + singular], ...batchShapes(structure), [2]],
    step: (state, real, fake, membership, weights) => {
      const inputs = { real, fake, membership } as Parameters<typeof judgeBatch>[1];
      const [adversarial, matching] = splitFlat(weights, [[], []]) as tf.Scalar[];
      const weighted = { adversarial, 'feature-matching': matching };
      const judged = judgeBatch(networkOf(structure, state), inputs, weighted, wantGradient);
      const outputs: Record<string, tf.Tensor> = {
        report: joinFlat([judged.adversarial, judged.matching, judged.logits]),
      };
      if (judged.gradient) outputs.gradient = judged.gradient;
      return outputs;
    },
  };
}

/**
 * Inputs: state, moments (m, then v), real, fake, membership, mix, and stepSize, epsilonHat, γ. Outputs: `state` and `moments` after
 * the update, and `report` (loss, penalty, logits of real, logits of fake).
 */
export function updateDefinition(structure: Structure): StepDefinition {
  const { specs, batch } = structure;
  const { parameters: size, singular } = structure.sizes;
  return {
    inputs: [[size + singular], [2 * size], ...batchShapes(structure), [batch], [3]],
    step: (state, moments, real, fake, membership, mix, coefficients) => {
      const network = networkOf(structure, state);
      const [stepSize, epsilonHat, gamma] = splitFlat(coefficients, [[], [], []]) as tf.Scalar[];
      const inputs = { real, fake, membership } as Parameters<typeof criticGradients>[1];
      const { loss, penalty, moved, gradients, ...logits } = criticGradients(
        network,
        inputs,
        mix as tf.Tensor1D,
        gamma,
      );
      const [m, v] = splitFlat(moments, [[size], [size]]) as tf.Tensor1D[];
      const next = flatAdamUpdate({ parameters: network.all, m, v }, flatten(gradients, specs.parameters), {
        stepSize,
        epsilonHat,
        beta1: ADAM.beta1,
        beta2: ADAM.beta2,
      });
      return {
        state: joinFlat([next.parameters, ...moved]),
        moments: joinFlat([next.m, next.v]),
        report: joinFlat([loss, penalty, logits.real, logits.fake]),
      };
    },
  };
}

/** Key of a structure in a cache of steps: everything that its steps depend on. */
export function structureKey(step: string, { settings, batch, features, memberships }: Structure): string {
  const { architecture, convLayers, kernel, filters, loss } = settings;
  return JSON.stringify([step, architecture, convLayers, kernel, filters, loss, batch, features, memberships]);
}
