import type { Random } from '@qloom/random/random.ts';
import { dense, denseParameters, type Initializer } from '@qloom/tfjs/layers/dense.ts';
import { createParameters, type ParameterSpec, type Parameters } from '@qloom/tfjs/layers/parameters.ts';
import { eagerStep } from '@qloom/tfjs/steps/eager-step.ts';
import type { Weights } from '@qloom/tfjs/steps/flat-state.ts';
import * as tf from '@tensorflow/tfjs-core';
import { type Matrix, matrix } from '../losses/matrix.ts';
import type { VaeSettings } from '../settings.ts';
import { activate } from './activation.ts';

/** The sizes that determine the network's shapes. */
export interface VaeSizes {
  /** Channels of the codec. */
  readonly channels: number;
  readonly classes: number;
}

/**
 * The conditional variational autoencoder (Kingma and Welling, 2014; Sohn et al., 2015): two multilayer perceptrons
 * whose input includes the class as a one-hot vector. Only the two perceptrons use TensorFlow.js; the operations
 * between and after them (drawing z, the losses and their gradients) are short loops over a few hundred numbers, for
 * which the overhead of a kernel call would exceed the arithmetic.
 */
export interface Vae {
  /** Encoder first, then decoder. */
  readonly parameters: Parameters;
  readonly latentDim: number;
  /** x | one-hot c, shape [n, channels + classes] → μ | log σ², shape [n, 2·latentDim]. */
  encode(input: Matrix): Matrix;
  /**
   * z | one-hot c, shape [n, latentDim + classes] → channels, shape [n, channels]. A `prior-residual` decoder needs the base
   * points, of the shape of its output.
   */
  decode(input: Matrix, bases?: Matrix): Matrix;
  dispose(): void;
}

type Layers = (...inputs: tf.Tensor2D[]) => tf.Tensor2D;

/** Creates a network with initial weights from `random`. Requires a previous call of `useBackend`. */
export function createVae(settings: VaeSettings, sizes: VaeSizes, random: Random): Vae {
  const { latentDim } = settings;
  const parameters = createParameters(vaeSpecs(settings, sizes, random));
  const encode = eagerStep(encoderOf(settings, parameters));
  const decode = eagerStep(decoderOf(settings, parameters));

  return {
    parameters,
    latentDim,
    encode: (input) => run(encode, [input]),
    decode: (input, bases) => run(decode, bases ? [input, bases] : [input]),
    dispose: () => parameters.dispose(),
  };
}

/** The parameters of the encoder, then those of the decoder, with initial values from `random`. */
export function vaeSpecs(settings: VaeSettings, { channels, classes }: VaeSizes, random: Random): ParameterSpec[] {
  const { latentDim } = settings;
  const based = hasBase(settings);
  const inputs = latentDim + classes + (based ? channels : 0);
  const initial = based ? 'zeros' : 'glorot';
  return [
    ...perceptronSpecs('encoder', settings, channels + classes, 2 * latentDim, 'glorot', random.fork('encoder')),
    ...perceptronSpecs('decoder', settings, inputs, channels, initial, random.fork('decoder')),
  ];
}

/** x | one-hot c → μ | log σ², with weights by the names of {@link vaeSpecs}. */
export const encoderOf = (settings: VaeSettings, weights: Weights): Layers => perceptron('encoder', settings, weights);

/** z | one-hot c → channels; with `prior-residual` and base points b: (z | one-hot c, b) → b + r(b, z, c), r = 0 at first. */
export function decoderOf(settings: VaeSettings, weights: Weights): Layers {
  const decode = perceptron('decoder', settings, weights);
  if (!hasBase(settings)) return decode;
  return (latents, bases) => tf.add(bases, decode(tf.concat2d([bases, latents], 1)));
}

/** Whether the decoder adds its output to a base point. */
export const hasBase = ({ architecture }: Pick<VaeSettings, 'architecture'>): boolean =>
  architecture === 'prior-residual';

function perceptronSpecs(
  name: string,
  settings: VaeSettings,
  inputs: number,
  outputs: number,
  last: Initializer,
  random: Random,
) {
  const { layers, width, activation } = settings;
  const specs = [];
  for (let layer = 0; layer < layers; layer++) {
    const initializer = activation === 'tanh' ? 'glorot' : 'he';
    specs.push(...denseParameters(`${name}.${layer}`, random, layer === 0 ? inputs : width, width, initializer));
  }
  return [...specs, ...denseParameters(`${name}.out`, random, width, outputs, last)];
}

/** Hidden layers, each added to its input where the architecture is residual and the widths agree; then a linear layer. */
function perceptron(name: string, { layers, activation, architecture }: VaeSettings, parameters: Weights): Layers {
  return (input) => {
    let hidden = input;
    for (let layer = 0; layer < layers; layer++) {
      const next = activate(activation, dense(parameters, `${name}.${layer}`, hidden));
      hidden = architecture === 'residual' && layer > 0 ? tf.add(hidden, next) : next;
    }
    return dense(parameters, `${name}.out`, hidden);
  };
}

function run(step: Layers, inputs: readonly Matrix[]): Matrix {
  const given = inputs.map(tensor);
  const out = step(...given);
  const result = matrix(out.shape[0], out.shape[1], floats(out));
  tf.dispose([...given, out]);
  return result;
}

function tensor({ data, rows, columns }: Matrix): tf.Tensor2D {
  return tf.tensor2d(data, [rows, columns], 'float32');
}

/** Copied, because a backend may return a view of its heap. */
function floats(from: tf.Tensor): Float32Array {
  return Float32Array.from(from.dataSync());
}
