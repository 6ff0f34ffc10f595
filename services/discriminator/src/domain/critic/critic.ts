import type { Random } from '@qloom/random/random.ts';
import { type Adam, createAdam } from '@qloom/tfjs/adam.ts';
import { createParameters, type ParameterSpec, type Parameters, valueAndGradients } from '@qloom/tfjs/parameters.ts';
import { spectralNormalize } from '@qloom/tfjs/spectral-norm.ts';
import { compileStep } from '@qloom/tfjs/step.ts';
import * as tf from '@tensorflow/tfjs-core';
import { criticLoss, featureMatching, generatorLoss, r1Penalty, wassersteinPenalty } from './losses.ts';
import { judge, networkParameters, normalizedWeights, prepare, type WeightOf } from './network.ts';
import type { CriticSettings } from './settings.ts';

/** Batches of the same classes in the same order, as the critic sees them: [count, features], row-major. */
export interface Batches {
  readonly count: number;
  readonly real: Float32Array;
  readonly fake: Float32Array;
  /** [count, 1 + classes]. */
  readonly membership: Float32Array;
}

/** The judgement of a batch of synthetic points. */
export interface Judgement {
  readonly logits: Float32Array;
  readonly adversarial: number;
  readonly featureMatching: number;
  /** Gradient of the weighted objectives with respect to the synthetic points as seen, [count, features]; empty unless wanted. */
  readonly gradient: Float32Array;
}

/** What one update reports. */
export interface UpdateReport {
  readonly loss: number;
  readonly penalty: number;
  /** Logits of the real points before the update. */
  readonly real: Float32Array;
  /** Logits of the synthetic points before the update. */
  readonly fake: Float32Array;
}

/** The critic's network and its optimizer. */
export interface Critic {
  judge(batches: Batches, wantGradient: boolean): Judgement;
  /** One step of Adam. `mix` [count]: where between real and synthetic each point of wgan-gp's penalty lies. */
  update(batches: Batches, mix: Float32Array): UpdateReport;
  /** Number of bytes of {@link toBytes}. */
  readonly byteLength: number;
  /** Parameters, optimizer and singular vectors, little-endian. */
  toBytes(): Uint8Array;
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/** One starting vector for the spectral norm of each normalized weight. */
function singularVectors(settings: CriticSettings, specs: readonly ParameterSpec[], random: Random): ParameterSpec[] {
  if (settings.loss !== 'hinge+SN') return [];
  return normalizedWeights(settings).map((name) => {
    const outputs = specs.find((spec) => spec.name === name)?.shape.at(-1) as number;
    const values = random.fork(name).normals(outputs);
    const norm = Math.hypot(...values);
    return { name, shape: [1, outputs], values: values.map((value) => value / norm) };
  });
}

/** A fresh critic for points of `inputs` features and `classes` classes. */
export function createCritic(settings: CriticSettings, inputs: number, classes: number, random: Random): Critic {
  const specs = networkParameters(settings, inputs, classes, random);
  const parameters = createParameters(specs);
  const singular = createParameters(singularVectors(settings, specs, random.fork('singular')));
  const adam = createAdam(parameters);
  const network = { settings, parameters, singular };
  const judgeStep = compileStep((x: Inputs, wantGradient: boolean) => judgeBatch(network, x, wantGradient));
  const updateStep = compileStep((x: Inputs, mix: tf.Tensor1D, learningRate: number) =>
    updateCritic(network, adam, x, mix, learningRate),
  );
  const parts = [parameters, adam, singular] as const;
  const lengths = parts.map((part) => part.toBytes().byteLength);
  return {
    judge(batches, wantGradient) {
      return withInputs(batches, inputs, classes, (x) => {
        const { logits, adversarial, matching, gradient } = judgeStep(x, wantGradient);
        return {
          logits: take(logits),
          adversarial: take(adversarial)[0],
          featureMatching: take(matching)[0],
          gradient: gradient ? take(gradient) : new Float32Array(0),
        };
      });
    },
    update(batches, mix) {
      return withInputs(batches, inputs, classes, (x) => {
        const { loss, penalty, real, fake } = updateStep(x, tf.tensor1d(mix), settings.learningRate);
        return { loss: take(loss)[0], penalty: take(penalty)[0], real: take(real), fake: take(fake) };
      });
    },
    byteLength: lengths.reduce((sum, length) => sum + length, 0),
    toBytes() {
      return Buffer.concat(parts.map((part) => part.toBytes()));
    },
    fromBytes(bytes) {
      let offset = 0;
      for (const [i, part] of parts.entries()) {
        part.fromBytes(bytes.subarray(offset, offset + lengths[i]));
        offset += lengths[i];
      }
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}

interface Inputs {
  readonly real: tf.Tensor2D;
  readonly fake: tf.Tensor2D;
  readonly membership: tf.Tensor2D;
}

interface Network {
  readonly settings: CriticSettings;
  readonly parameters: Parameters;
  readonly singular: Parameters;
}

/** The values of a tensor, which is freed: steps keep what they return beyond the scope of a gradient. */
function take(tensor: tf.Tensor): Float32Array {
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

/** Runs on a batch's tensors and frees everything that was made: what leaves is plain arrays. */
function withInputs<T>(batches: Batches, inputs: number, classes: number, run: (x: Inputs) => T): T {
  const { count, real, fake, membership } = batches;
  tf.engine().startScope();
  try {
    return run({
      real: tf.tensor2d(real, [count, inputs]),
      fake: tf.tensor2d(fake, [count, inputs]),
      membership: tf.tensor2d(membership, [count, 1 + classes]),
    });
  } finally {
    tf.engine().endScope();
  }
}

/** Weights as the loss wants them. Each is normalized once a step, however often it is used. */
function weightsOf({ settings, parameters, singular }: Network, update: boolean): WeightOf {
  if (settings.loss !== 'hinge+SN') return (name) => parameters.get(name);
  const normalized = new Map(
    normalizedWeights(settings).map((name) => {
      const u = singular.get(name) as tf.Variable<tf.Rank.R2>;
      const raw = parameters.get(name);
      // out.w has its outputs first; the singular values of a matrix and of its transpose are the same.
      return [name, spectralNormalize(raw, u, update)];
    }),
  );
  return (name) => normalized.get(name) ?? parameters.get(name);
}

/** A batch's logits, and their gradient with respect to its points where it can be differentiated once more. */
function withSlopes(
  score: (x: tf.Tensor2D) => tf.Tensor1D,
  x: tf.Tensor2D,
): { logits: tf.Tensor1D; slopes: tf.Tensor2D } {
  const { value, grads } = tf.engine().gradients(() => score(x), [x], tf.ones([x.shape[0]]));
  return { logits: value as tf.Tensor1D, slopes: grads[0] as tf.Tensor2D };
}

function judgeBatch(network: Network, { real, fake, membership }: Inputs, wantGradient: boolean) {
  const { settings, parameters } = network;
  const { loss, weights } = settings;
  const prepared = prepare(settings, parameters, weightsOf(network, false), membership);
  const realFeatures = judge(prepared, real).features;
  const seen: { logits?: tf.Tensor1D; adversarial?: tf.Scalar; matching?: tf.Scalar } = {};
  const objective = (): tf.Scalar => {
    const { logits, features } = judge(prepared, fake);
    seen.logits = tf.keep(logits);
    seen.adversarial = tf.keep(generatorLoss(loss, logits));
    seen.matching = tf.keep(featureMatching(realFeatures, features));
    const adversarial = tf.mul(seen.adversarial, weights.adversarial) as tf.Scalar;
    if (weights['feature-matching'] === 0) return adversarial;
    return tf.add(adversarial, tf.mul(seen.matching, weights['feature-matching']));
  };
  const gradient = wantGradient ? tf.engine().gradients(objective, [fake]).grads[0] : undefined;
  if (!wantGradient) objective();
  return { ...(seen as Required<typeof seen>), gradient };
}

function updateCritic(network: Network, adam: Adam, batch: Inputs, mix: tf.Tensor1D, learningRate: number) {
  const { settings, parameters } = network;
  const { real, fake, membership } = batch;
  const seen: { penalty?: tf.Scalar; real?: tf.Tensor1D; fake?: tf.Tensor1D } = {};
  const { value, gradients } = valueAndGradients(() => {
    const prepared = prepare(settings, parameters, weightsOf(network, true), membership);
    const score = (x: tf.Tensor2D) => judge(prepared, x).logits;
    const fakeLogits = score(fake);
    let realLogits: tf.Tensor1D;
    let penalty = tf.scalar(0);
    if (settings.loss === 'ns+R1') {
      const { logits, slopes } = withSlopes(score, real);
      realLogits = logits;
      penalty = r1Penalty(slopes, settings.r1Gamma);
    } else {
      realLogits = score(real);
      if (settings.loss === 'wgan-gp') {
        const share = tf.reshape(mix, [mix.size, 1]);
        const between = tf.add(fake, tf.mul(tf.sub(real, fake), share)) as tf.Tensor2D;
        penalty = wassersteinPenalty(withSlopes(score, between).slopes);
      }
    }
    seen.real = tf.keep(realLogits);
    seen.fake = tf.keep(fakeLogits);
    seen.penalty = tf.keep(penalty);
    return tf.add(criticLoss(settings.loss, realLogits, fakeLogits), penalty) as tf.Scalar;
  }, parameters);
  adam.update(gradients, { learningRate });
  return { loss: value, ...(seen as Required<typeof seen>) };
}
