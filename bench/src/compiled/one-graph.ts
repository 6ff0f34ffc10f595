import { criticSpecs } from '@qloom/discriminator/domain/critic/critic-specs.ts';
import { criticGradients, judgeBatch } from '@qloom/discriminator/domain/critic/critic-step.ts';
import { createFeatureView } from '@qloom/discriminator/domain/critic/feature-view.ts';
import { membershipOf } from '@qloom/discriminator/domain/critic/network.ts';
import { createRealBatches } from '@qloom/discriminator/domain/critic/real-batches.ts';
import { criticSettings } from '@qloom/discriminator/domain/critic/settings.ts';
import { type Codec, fitCodec } from '@qloom/generator/domain/codec.ts';
import { generatorSettings } from '@qloom/generator/domain/generator-settings.ts';
import { matrix } from '@qloom/generator/domain/losses/matrix.ts';
import type { MomentTarget } from '@qloom/generator/domain/losses/moments.ts';
import { splitHeldOut } from '@qloom/generator/domain/training/held-out.ts';
import { reconstructionWeight } from '@qloom/generator/domain/training/step-losses.ts';
import { Trainer } from '@qloom/generator/domain/training/trainer.ts';
import type { TrainingData } from '@qloom/generator/domain/training-data.ts';
import { vaeSpecs } from '@qloom/generator/domain/vae/network.ts';
import { ADAM, passOf } from '@qloom/generator/domain/vae/network-steps.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { compile, type Numeric } from '@qloom/tfjs/compile/compile.ts';
import { createParameters, valueAndGradients } from '@qloom/tfjs/layers/parameters.ts';
import { stopGradient } from '@qloom/tfjs/layers/stop-gradient.ts';
import { createAdam } from '@qloom/tfjs/steps/adam.ts';
import { createEma } from '@qloom/tfjs/steps/ema.ts';
import * as tf from '@tensorflow/tfjs-core';
import { classShares, divergence, lackingEntropy, momentGap, reconstruction } from './one-graph-losses.ts';

/** Inputs of one step besides the state. */
interface JointBatch {
  readonly real: tf.Tensor2D;
  readonly encoderInput: tf.Tensor2D;
  readonly noise: tf.Tensor2D;
  readonly latents: tf.Tensor2D;
  /** Real points as the critic sees them: those of its judgement, and those of its update. */
  readonly judged: tf.Tensor2D;
  readonly learned: tf.Tensor2D;
  readonly membership: tf.Tensor2D;
  readonly shares: tf.Tensor1D;
}

/** Losses in the order in which a step reports them, by the names that a fit reports. */
export const JOINT_LOSSES = [
  'reconstruction',
  'kl',
  'diversity',
  'moment',
  'critic.adversarial',
  'critic.feature-matching',
] as const;

/** A fit's steps, each of them one graph: generator, critic, both optimizers and every loss. */
export interface JointFit {
  /** Does one step; returns {@link JOINT_LOSSES}. */
  step(index: number): Float32Array;
  dispose(): void;
}

/**
 * The map from channels of the generator to the critic's input, x·map + offset: both are affine where no feature is an
 * angle.
 */
function criticMap(codec: Codec, fitPoints: Points): { map: tf.Tensor2D; offset: tf.Tensor1D } {
  const { channels } = codec;
  const rows = matrix(channels + 1, channels);
  for (let i = 0; i < channels; i++) rows.data[(i + 1) * channels + i] = 1;
  const seen = createFeatureView(fitPoints).forward(codec.decode(rows));
  const offset = seen.slice(0, channels);
  const map = seen.slice(channels).map((value, at) => value - offset[at % channels]);
  return { map: tf.tensor2d(map, [channels, channels]), offset: tf.tensor1d(offset) };
}

/**
 * A fit of the product's VAE-GAN with the loss ns+R1 as one compiled function, with the same draws: the step without a
 * division into two processes. The critic's augmentation, whose strength is 0 at first, is left out.
 */
export function createJointFit(
  hyperparameters: Readonly<Record<string, string | number>>,
  { points, shape }: TrainingData,
  seed: number,
): JointFit {
  const settings = generatorSettings(hyperparameters);
  const { vae, training } = settings;
  const critic = criticSettings(settings.forwarded, { adversarial: 1, 'feature-matching': 1 });
  const random = createRandom(seed);
  const { fit, heldOut } = splitHeldOut(points.y, points.classes, random.fork('held out'));
  const fitPoints = selectRows(points, fit);
  const { features, classes } = fitPoints;
  const codec = fitCodec({ points: fitPoints, shape });
  const trainer = new Trainer({
    settings,
    codec,
    fitPoints,
    heldOutPoints: selectRows(points, heldOut),
    random,
    critic: true,
  });
  const criticRandom = createRandom(random.seedFor('critic 0'));
  const realBatches = createRealBatches(fitPoints, createFeatureView(fitPoints).forward(fitPoints.x));
  const specs = vaeSpecs(vae, { channels: codec.channels, classes }, random.fork('weights'));
  const own = createParameters(specs);
  const [ownAdam, average] = [createAdam(own), createEma(own)];
  const theirSpecs = criticSpecs(critic, features, classes, criticRandom.fork('initial'));
  const theirs = createParameters(theirSpecs.parameters);
  const singular = createParameters(theirSpecs.singular);
  const theirAdam = createAdam(theirs);
  const network = { settings: critic, parameters: theirs, singular };
  const { map, offset } = criticMap(codec, fitPoints);
  const gap = momentGap(trainer.moments as MomentTarget);
  const count = training.batchSize;
  const distinct = Math.min(count, fitPoints.count);
  const zeros = tf.zeros<tf.Rank.R1>([count]);

  const joint = (batch: JointBatch, recWeight: Numeric, averageDecay: Numeric) => {
    const { real, encoderInput, noise, latents, judged, learned, membership, shares } = batch;
    const seen: { fake?: tf.Tensor2D; report?: tf.Tensor1D } = {};
    const loss = () => {
      const pass = passOf({ settings: vae, channels: codec.channels, classes }, own);
      const { code, made } = pass(encoderInput, noise, latents);
      const fakes = tf.slice(made, [count, 0], [count, codec.channels]);
      seen.fake = tf.keep(tf.add(tf.matMul(fakes, map), offset) as tf.Tensor2D);
      const labels = tf.slice(membership, [0, 1], [count, classes]);
      const { adversarial, matching } = judgeBatch(
        network,
        { real: judged, fake: seen.fake, membership },
        critic.weights,
        false,
      );
      const rows = [0, 0] as [number, number];
      const losses = [
        reconstruction(tf.slice(made, rows, [count, codec.channels]), real),
        divergence(code, codec.channels),
        lackingEntropy(
          tf.slice(real, rows, [distinct, codec.channels]),
          tf.slice(fakes, rows, [distinct, codec.channels]),
        ),
        gap(fakes, labels, shares),
        adversarial,
        matching,
      ];
      seen.report = tf.keep(tf.stack(losses) as tf.Tensor1D);
      const weights = [recWeight, training.beta, training.lambdaDiv, training.lambdaMom, 1, 1];
      return tf.addN(losses.map((value, i) => tf.mul(value, weights[i]))) as tf.Scalar;
    };
    const { gradients } = valueAndGradients(loss, own);
    const { report, fake } = seen as Required<typeof seen>;
    const inputs = { real: learned, fake: stopGradient(fake), membership };
    const update = criticGradients(network, inputs, zeros, critic.r1Gamma);
    ownAdam.update(gradients, { learningRate: training.learningRate, ...ADAM });
    average.update(averageDecay as tf.Scalar);
    theirAdam.update(update.gradients, { learningRate: critic.learningRate });
    return report;
  };
  const compiled = compile(joint, { name: 'joint step' });

  return {
    step(index) {
      const { real, labels, encoderInput, noise, latents } = trainer.draw(index);
      const stream = (label: string) => realBatches.draw(labels, criticRandom.fork(`${label}`).fork('real'));
      return tf.tidy(() => {
        const rows = (data: Float32Array) => tf.tensor2d(data, [count, data.length / count]);
        const batch: JointBatch = {
          real: rows(real.data),
          encoderInput: rows(encoderInput.data),
          noise: rows(noise),
          latents: rows(latents.data),
          judged: rows(stream(`judge ${index}`)),
          learned: rows(stream(`update ${index}.0`)),
          membership: rows(membershipOf(labels, classes)),
          shares: tf.tensor1d(classShares(trainer.moments as MomentTarget, labels)),
        };
        const averageDecay = Math.min(0.995, (1 + index) / (10 + index));
        return compiled(batch, reconstructionWeight(training, index), averageDecay).dataSync() as Float32Array;
      });
    },
    dispose() {
      compiled.dispose();
      trainer.dispose();
      for (const part of [own, ownAdam, average, theirs, singular, theirAdam]) part.dispose();
      tf.dispose([map, offset, zeros]);
    },
  };
}
