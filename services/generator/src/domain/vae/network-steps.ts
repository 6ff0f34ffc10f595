import { drawGaussian } from '@qloom/tfjs/kernels/draw-gaussian.ts';
import type { ParameterSpec } from '@qloom/tfjs/layers/parameters.ts';
import { flatAdamUpdate } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatten, joinFlat, splitFlat, unflatten, type Weights } from '@qloom/tfjs/steps/flat-state.ts';
import type { StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { VaeSettings } from '../settings.ts';
import { decoderOf, encoderOf, hasBase, type VaeSizes } from './network.ts';

/** β of Adam, as usual for adversarial training, and its ε. */
export const ADAM = { beta1: 0, beta2: 0.99, epsilon: 1e-8 } as const;

/** The quantities that determine the layers of a network. */
export interface Layout extends VaeSizes {
  readonly settings: VaeSettings;
}

/**
 * The quantities that determine the steps of a network: networks of the same structure share steps, each with its own
 * state.
 */
export interface Structure extends Layout {
  readonly specs: readonly ParameterSpec[];
  /** Number of parameters. */
  readonly size: number;
  /** Real points in a batch. */
  readonly batch: number;
}

/** The network's pass over a batch with these weights: the encoder, the drawing of z and the decoder. */
export function passOf({ settings, channels, classes }: Layout, weights: Weights) {
  return (encoderInput: tf.Tensor2D, noise: tf.Tensor2D, latents: tf.Tensor2D, bases?: tf.Tensor2D) => {
    const rows = encoderInput.shape[0];
    const code = encoderOf(settings, weights)(encoderInput);
    const z = drawGaussian(code, noise);
    const labels = tf.slice(encoderInput, [0, channels], [rows, classes]);
    const all = tf.concat2d([tf.concat2d([z, labels], 1), latents], 0);
    const made = decoderOf(settings, weights)(...(bases ? [all, bases] : [all]));
    return { code, made };
  };
}

function batchShapes({ settings, channels, classes, batch }: Structure): number[][] {
  return [
    [batch, channels + classes],
    [batch, settings.latentDim],
    [batch, settings.latentDim + classes],
    ...(hasBase(settings) ? [[2 * batch, channels]] : []),
  ];
}

/** Inputs: parameters, encoder's input, noise, latents, base points if the decoder has them. Outputs: `code`, `made`. */
export function passDefinition(structure: Structure): StepDefinition {
  const { size, specs } = structure;
  return {
    inputs: [[size], ...batchShapes(structure)],
    step: (parameters, ...batch) => {
      const pass = passOf(structure, unflatten(parameters as tf.Tensor1D, specs));
      return pass(...(batch as Parameters<typeof pass>));
    },
  };
}

/**
 * Inputs: those of the pass; both moments of Adam and the average of parameters; the loss's gradients with respect to
 * `made` and `code`; and stepSize, epsilonHat, the average's decay. Outputs: `parameters`, `m`, `v` and `average` after
 * the update. The forward pass is repeated, because that costs less than transferring its activations out and in.
 */
export function descendDefinition(structure: Structure): StepDefinition {
  const { settings, channels, size, specs, batch } = structure;
  const shapes = batchShapes(structure);
  return {
    inputs: [
      ...[[size], ...shapes],
      ...[[size], [size], [size]],
      ...[[2 * batch, channels], [batch, 2 * settings.latentDim], [3]],
    ],
    step: (whole, ...given) => {
      const inputs = given.slice(0, shapes.length);
      const [m, v, average, madeGradient, codeGradient, coefficients] = given.slice(shapes.length);
      const [stepSize, epsilonHat, decay] = splitFlat(coefficients, [[], [], []]);
      const parameters = whole as tf.Tensor1D;
      const weights = unflatten(parameters, specs);
      const passed = () => {
        const pass = passOf(structure, weights);
        const { code, made } = pass(...(inputs as Parameters<typeof pass>));
        return joinFlat([made, code]);
      };
      const dy = joinFlat([madeGradient, codeGradient]);
      const { grads } = tf.engine().gradients(passed, [...weights.variables], dy, true);
      const next = flatAdamUpdate({ parameters, m: m as tf.Tensor1D, v: v as tf.Tensor1D }, flatten(grads, specs), {
        stepSize,
        epsilonHat,
        beta1: ADAM.beta1,
        beta2: ADAM.beta2,
      });
      const averaged = tf.add(next.parameters, tf.mul(tf.sub(average, next.parameters), decay));
      return { ...next, average: averaged };
    },
  };
}

/** Key of a structure in a cache of steps: everything that its steps depend on. */
export function structureKey(step: string, { settings, channels, classes, batch }: Structure): string {
  const { layers, width, latentDim, activation, architecture } = settings;
  return JSON.stringify([step, layers, width, latentDim, activation, architecture, channels, classes, batch]);
}
