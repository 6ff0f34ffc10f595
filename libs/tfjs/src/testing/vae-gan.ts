import type { Random } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { affine } from '../kernels/affine.ts';
import { biasLeakyRelu } from '../kernels/leaky-relu.ts';
import { meanSoftplus } from '../kernels/reductions.ts';
import { conv1dParameters } from '../layers/conv1d.ts';
import { denseParameters } from '../layers/dense.ts';
import { createParameters, type ParameterSpec, type Parameters, valueAndGradients } from '../layers/parameters.ts';
import { spectralNormalize } from '../layers/spectral-norm.ts';
import { stopGradient } from '../layers/stop-gradient.ts';
import { type Adam, createAdam } from '../steps/adam.ts';

/** Features, classes and latents of the model that tests and benchmarks train. */
const FEATURES = 32;
const CLASSES = 8;
const LATENTS = 16;

/** Sizes of the model: the settings of the published measurements. */
export interface VaeGanSettings {
  readonly batch: number;
  /** Width of the hidden layers of encoder, decoder and critic. */
  readonly width: number;
  /** `three`: 5×32, 3×64 and 3×64 taps and channels; `two`: 3×16 and 3×32. */
  readonly convolutions: 'three' | 'two';
  /** Default `leakyRelu`. `tanh` has no kink, for comparisons to the last digits. */
  readonly activation?: 'leakyRelu' | 'tanh';
}

/** The three settings of the published measurements, by name: batch / width. */
export const VAE_GAN_SETTINGS: Readonly<Record<string, VaeGanSettings>> = {
  '64 / 128': { batch: 64, width: 128, convolutions: 'three' },
  '256 / 256': { batch: 256, width: 256, convolutions: 'three' },
  '32 / 64, small': { batch: 32, width: 64, convolutions: 'two' },
};

/**
 * Inputs of a step: data [batch, FEATURES], one-hot classes [batch, CLASSES], and three draws [batch, LATENTS] of
 * normals.
 */
export interface VaeGanBatch {
  readonly x: tf.Tensor2D;
  readonly classes: tf.Tensor2D;
  readonly critic: tf.Tensor2D;
  readonly posterior: tf.Tensor2D;
  readonly prior: tf.Tensor2D;
}

/** A conditional VAE-GAN with spectral norm, layer norm and two optimizers. */
export interface VaeGan {
  /** One step of the critic and one of encoder and decoder. */
  step(batch: VaeGanBatch, learningRate: number | tf.Scalar): { critic: tf.Scalar; generator: tf.Scalar };
  /** All values that a step changes, in a fixed order. */
  readonly state: readonly [Parameters, Parameters, Parameters, Adam, Adam];
  dispose(): void;
}

interface Convolution {
  readonly name: string;
  readonly kernel: number;
  readonly channels: number;
  readonly stride: number;
}

const CONVOLUTIONS: Record<VaeGanSettings['convolutions'], readonly Convolution[]> = {
  three: [
    { name: 'c1', kernel: 5, channels: 32, stride: 1 },
    { name: 'c2', kernel: 3, channels: 64, stride: 2 },
    { name: 'c3', kernel: 3, channels: 64, stride: 2 },
  ],
  two: [
    { name: 'c1', kernel: 3, channels: 16, stride: 1 },
    { name: 'c2', kernel: 3, channels: 32, stride: 2 },
  ],
};

const ones = (name: string, size: number): ParameterSpec => ({
  name,
  shape: [size],
  values: new Float32Array(size).fill(1),
});
const zeros = (name: string, size: number): ParameterSpec => ({ name, shape: [size], values: new Float32Array(size) });

function perceptronSpecs(
  name: string,
  random: Random,
  inputs: number,
  width: number,
  outputs: number,
): ParameterSpec[] {
  const layer = (i: number, from: number, to: number) =>
    denseParameters(`${name}.${i}`, random.fork(`${name}${i}`), from, to);
  const norm = (i: number) => [ones(`${name}.${i}.gain`, width), zeros(`${name}.${i}.shift`, width)];
  return [...layer(1, inputs, width), ...norm(1), ...layer(2, width, width), ...norm(2), ...layer(3, width, outputs)];
}

function criticSpecs({ width, convolutions }: VaeGanSettings, random: Random): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  let [length, channels] = [FEATURES, 1];
  for (const { name, kernel, channels: outputs, stride } of CONVOLUTIONS[convolutions]) {
    specs.push(...conv1dParameters(name, random.fork(name), kernel, channels, outputs));
    [length, channels] = [Math.ceil(length / stride), outputs];
  }
  const flat = length * channels + CLASSES;
  return [
    ...specs,
    ...denseParameters('d1', random.fork('d1'), flat, width),
    ...denseParameters('d2', random.fork('d2'), width, 1),
  ];
}

/** One initial vector for the power iteration of each weight. */
function singularSpecs(specs: readonly ParameterSpec[], random: Random): ParameterSpec[] {
  return specs
    .filter(({ name }) => name.endsWith('.w'))
    .map(({ name, shape }) => {
      const outputs = shape[shape.length - 1];
      return { name, shape: [1, outputs], values: random.fork(name).normals(outputs) };
    });
}

const matrixOf = (parameters: Parameters, name: string) => parameters.get(name) as tf.Variable<tf.Rank.R2>;

function layerNorm(x: tf.Tensor2D, gain: tf.Tensor, shift: tf.Tensor): tf.Tensor2D {
  const centered = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centered), 1, true);
  return tf.add(tf.mul(tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
}

/** Creates a VAE-GAN with initial weights from `random`. Requires a previous call of `useBackend`. */
export function createVaeGan(settings: VaeGanSettings, random: Random): VaeGan {
  const smooth = settings.activation === 'tanh';
  const activate = <T extends tf.Tensor>(x: T): T => (smooth ? tf.tanh(x) : tf.leakyRelu(x, 0.2));
  const biasActivate = <T extends tf.Tensor>(x: T, bias: tf.Tensor): T =>
    smooth ? tf.tanh(tf.add(x, bias)) : biasLeakyRelu(x, bias as tf.Tensor1D);
  const generator = createParameters([
    ...perceptronSpecs('encoder', random, FEATURES + CLASSES, settings.width, 2 * LATENTS),
    ...perceptronSpecs('decoder', random, LATENTS + CLASSES, settings.width, FEATURES),
  ]);
  const specs = criticSpecs(settings, random);
  const critic = createParameters(specs);
  const singular = createParameters(singularSpecs(specs, random.fork('singular')));
  const generatorAdam = createAdam(generator);
  const criticAdam = createAdam(critic);

  const perceptron = (name: string, x: tf.Tensor2D): tf.Tensor2D => {
    const layer = (i: number, input: tf.Tensor2D) =>
      affine(input, matrixOf(generator, `${name}.${i}.w`), generator.get(`${name}.${i}.b`));
    const hidden = (i: number, input: tf.Tensor2D) =>
      activate(layerNorm(layer(i, input), generator.get(`${name}.${i}.gain`), generator.get(`${name}.${i}.shift`)));
    return layer(3, hidden(2, hidden(1, x)));
  };
  const decode = (z: tf.Tensor2D, classes: tf.Tensor2D): tf.Tensor2D =>
    tf.tanh(perceptron('decoder', tf.concat([z, classes], 1)));

  const normalized = (update: boolean) =>
    new Map(
      singular.names.map((name) => {
        const u = matrixOf(singular, name);
        const { normalized: weight, next } = spectralNormalize(critic.get(name), u);
        if (update) u.assign(next);
        return [name, weight] as const;
      }),
    );
  const judge = (x: tf.Tensor2D, classes: tf.Tensor2D, weights: ReadonlyMap<string, tf.Tensor>): tf.Tensor2D => {
    let h: tf.Tensor = tf.reshape(x, [-1, FEATURES, 1]);
    for (const { name, stride } of CONVOLUTIONS[settings.convolutions]) {
      const w = weights.get(`${name}.w`) as tf.Tensor3D;
      h = biasActivate(tf.conv1d(h as tf.Tensor3D, w, stride, 'same'), critic.get(`${name}.b`));
    }
    const flat = tf.concat([tf.reshape(h, [h.shape[0], -1]) as tf.Tensor2D, classes], 1);
    const product: tf.Tensor2D = tf.matMul(flat, weights.get('d1.w') as tf.Tensor2D);
    const hidden = biasActivate(product, critic.get('d1.b'));
    return affine(hidden, weights.get('d2.w') as tf.Tensor2D, critic.get('d2.b'));
  };

  function criticLoss({ x, classes }: VaeGanBatch, fake: tf.Tensor2D): tf.Scalar {
    const weights = normalized(true);
    return tf.add(meanSoftplus(judge(x, classes, weights), -1), meanSoftplus(judge(fake, classes, weights), 1));
  }

  function generatorLoss({ x, classes, posterior, prior }: VaeGanBatch): tf.Scalar {
    const code = tf.concat([x, classes], 1);
    const [mean, logVariance] = tf.split(perceptron('encoder', code), 2, 1);
    const z: tf.Tensor2D = tf.add(mean, tf.mul(posterior, tf.exp(tf.mul(logVariance, 0.5))));
    const reconstruction = decode(z, classes);
    const fake = decode(prior, classes);
    const weights = normalized(false);
    const error = tf.mean(tf.sum(tf.square(tf.sub(reconstruction, x)), 1));
    const terms = tf.sub(tf.sub(tf.add(logVariance, 1), tf.square(mean)), tf.exp(logVariance));
    const divergence = tf.mean(tf.mul(tf.sum(terms, 1), -0.5));
    const fooled = [reconstruction, fake].map((points) => meanSoftplus(judge(points, classes, weights), -1));
    return tf.add(tf.add(error, tf.mul(divergence, 0.1)), tf.add(fooled[0], fooled[1]));
  }

  return {
    step(batch, learningRate) {
      const rates = { learningRate, beta1: 0.5, beta2: 0.9, epsilon: 1e-7 };
      const fake = stopGradient(decode(batch.critic, batch.classes));
      const first = valueAndGradients(() => criticLoss(batch, fake), critic);
      criticAdam.update(first.gradients, rates);
      const second = valueAndGradients(() => generatorLoss(batch), generator);
      generatorAdam.update(second.gradients, rates);
      return { critic: first.value, generator: second.value };
    },
    state: [generator, critic, singular, generatorAdam, criticAdam],
    dispose() {
      for (const part of [generator, critic, singular, generatorAdam, criticAdam]) part.dispose();
    },
  };
}

/** A batch of noisy sines of eight classes, with its draws. Its tensors belong to the caller. */
export function vaeGanBatch(batch: number, random: Random): VaeGanBatch {
  const x = new Float32Array(batch * FEATURES);
  const classes = new Float32Array(batch * CLASSES);
  const noise = random.normals(2 * batch);
  for (let i = 0; i < batch; i++) {
    classes[i * CLASSES + (i % CLASSES)] = 1;
    for (let j = 0; j < FEATURES; j++) {
      x[i * FEATURES + j] = 0.8 * Math.sin(noise[2 * i] + (2 + noise[2 * i + 1]) * j * 0.2);
    }
  }
  const draw = () => tf.tensor2d(random.normals(batch * LATENTS), [batch, LATENTS]);
  return {
    x: tf.tensor2d(x, [batch, FEATURES]),
    classes: tf.tensor2d(classes, [batch, CLASSES]),
    critic: draw(),
    posterior: draw(),
    prior: draw(),
  };
}
