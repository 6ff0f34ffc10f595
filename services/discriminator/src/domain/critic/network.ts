import type { Random } from '@qloom/random/random.ts';
import { addBias } from '@qloom/tfjs/kernels/affine.ts';
import { batchStd } from '@qloom/tfjs/kernels/batch-std.ts';
import { biasLeakyRelu } from '@qloom/tfjs/kernels/leaky-relu.ts';
import { rowDot } from '@qloom/tfjs/kernels/row-dot.ts';
import { conv1d, conv1dParameters } from '@qloom/tfjs/layers/conv1d.ts';
import { denseParameters } from '@qloom/tfjs/layers/dense.ts';
import type { ParameterSpec } from '@qloom/tfjs/layers/parameters.ts';
import type { Weights } from '@qloom/tfjs/steps/flat-state.ts';
import * as tf from '@tensorflow/tfjs-core';
import { type CriticSettings, usesBatchStd } from './settings.ts';

/** Hidden layers of the multilayer perceptron. */
const MLP_LAYERS = 2;
/** Units of the multilayer perceptron per filter. */
const MLP_UNITS_PER_FILTER = 4;

/** The critic's outputs for a batch. */
export interface Verdict {
  /** [batch]; higher means more real. */
  readonly logits: tf.Tensor1D;
  /** The last hidden layer, flattened: [batch, n]. Feature matching compares it. */
  readonly features: tf.Tensor2D;
}

/** Returns the effective weights of a layer: spectrally normalized, or unchanged. */
export type WeightOf = (name: string) => tf.Tensor;

/** Number of outputs of each hidden layer, in channels or units. */
function widths({ architecture, convLayers, filters }: CriticSettings): number[] {
  if (architecture === 'mlp') return new Array(MLP_LAYERS).fill(MLP_UNITS_PER_FILTER * filters);
  const grow = architecture === 'conv' ? 2 : 1;
  return Array.from({ length: convLayers }, (_, layer) => (layer === 0 ? filters : grow * filters));
}

/** Length of the flattened last hidden layer. */
function featureLength(settings: CriticSettings, inputs: number): number {
  const last = widths(settings).at(-1) as number;
  return settings.architecture === 'mlp' ? last : inputs * last;
}

/**
 * Creates new parameters. Names: `h<layer>.w`, `h<layer>.b`; `position` and `position.w`, the trainable channel that
 * encodes the position of a filter, and its taps; `out.w` [1 + classes, n], whose first row judges every point and
 * whose others belong to one class each; `out.b`, and `spread.w` for the batch's standard deviation.
 */
export function networkParameters(
  settings: CriticSettings,
  inputs: number,
  classes: number,
  random: Random,
): ParameterSpec[] {
  const { architecture, kernel } = settings;
  const specs: ParameterSpec[] = [];
  let before = architecture === 'mlp' ? inputs : 1;
  for (const [layer, width] of widths(settings).entries()) {
    const stream = random.fork(`h${layer}`);
    specs.push(
      ...(architecture === 'mlp'
        ? denseParameters(`h${layer}`, stream, before, width)
        : conv1dParameters(`h${layer}`, stream, kernel, before, width)),
    );
    before = width;
  }
  if (architecture !== 'mlp') {
    const first = widths(settings)[0];
    const position = random.fork('position');
    specs.push({ name: 'position', shape: [1, inputs], values: position.normals(inputs) });
    const taps = position.normals(kernel * first, Math.sqrt(1 / kernel));
    specs.push({ name: 'position.w', shape: [kernel, 1, first], values: taps });
  }
  const length = featureLength(settings, inputs);
  const rows = 1 + classes;
  const out = random.fork('out').normals(rows * length, Math.sqrt(1 / (2 * length)));
  specs.push({ name: 'out.w', shape: [rows, length], values: out });
  specs.push({ name: 'out.b', shape: [], values: new Float32Array(1) });
  if (usesBatchStd(settings)) specs.push({ name: 'spread.w', shape: [], values: new Float32Array(1) });
  return specs;
}

/** Names of the weights that spectral normalization applies to. */
export function normalizedWeights(settings: CriticSettings): string[] {
  return [...widths(settings).map((_, layer) => `h${layer}.w`), 'out.w'];
}

/** Quantities that are the same for every batch of a step: they and their gradients are computed once. */
export interface Prepared {
  readonly settings: CriticSettings;
  readonly parameters: Weights;
  readonly weight: WeightOf;
  /** w₀ + w_c for each row: [batch, n]. */
  readonly projection: tf.Tensor2D;
  /** Bias of the first convolution at each feature and filter; null for a multilayer perceptron. */
  readonly position: tf.Tensor1D | null;
}

/**
 * Prepares to judge batches whose rows have these classes: `membership` [batch, 1 + classes] is a one and the one-hot class.
 *
 * A convolution over the channels (value, position) is the sum of two, and the one over positions is the same for every row: it is
 * the first layer's bias.
 */
export function prepare(
  settings: CriticSettings,
  parameters: Weights,
  weight: WeightOf,
  membership: tf.Tensor2D,
): Prepared {
  const projection = tf.matMul(membership, weight('out.w') as tf.Tensor2D) as tf.Tensor2D;
  if (settings.architecture === 'mlp') return { settings, parameters, weight, projection, position: null };
  const where = conv1d(parameters.get('position') as tf.Tensor2D, weight('position.w') as tf.Tensor3D);
  const position = tf.reshape(addBias(where, parameters.get('h0.b')), [where.size]) as tf.Tensor1D;
  return { settings, parameters, weight, projection, position };
}

/** The last hidden layer. Convolutions take [batch, features·channels], the two axes in one. */
function hiddenLayers({ settings, parameters, weight, position }: Prepared, x: tf.Tensor2D): tf.Tensor2D {
  let hidden = x;
  for (const layer of widths(settings).keys()) {
    const w = weight(`h${layer}.w`);
    const bias = (layer === 0 && position) || (parameters.get(`h${layer}.b`) as tf.Tensor1D);
    const linear: tf.Tensor2D = position ? conv1d(hidden, w as tf.Tensor3D) : tf.matMul(hidden, w as tf.Tensor2D);
    const output = biasLeakyRelu(linear, bias);
    const residual = settings.architecture === 'conv-residual' && layer > 0;
    hidden = residual ? tf.mul(tf.add(hidden, output), Math.SQRT1_2) : output;
  }
  return hidden;
}

/**
 * Judges a batch: `x` [batch, inputs] as the critic sees it. The logit is ⟨w₀ + w_c, h(x)⟩ + b, a projection on the
 * class (Miyato and Koyama, 2018), plus, if the loss allows it, a weight times the standard deviation of h over the
 * batch.
 */
export function judge(prepared: Prepared, x: tf.Tensor2D): Verdict {
  const { settings, parameters, projection } = prepared;
  const features = hiddenLayers(prepared, x);
  let shift: tf.Tensor = parameters.get('out.b');
  if (usesBatchStd(settings)) shift = tf.add(shift, tf.mul(batchStd(features), parameters.get('spread.w')));
  return { logits: tf.add(rowDot(features, projection), shift), features };
}

/** The rows that {@link prepare} takes: a one, and the one-hot class. */
export function membershipOf(labels: Int32Array, classes: number): Float32Array {
  const width = 1 + classes;
  const rows = new Float32Array(labels.length * width);
  for (const [i, label] of labels.entries()) {
    rows[i * width] = 1;
    rows[i * width + 1 + label] = 1;
  }
  return rows;
}
