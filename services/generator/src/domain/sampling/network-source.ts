import type { Prior } from '@qloom/datasets/prior/prior.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import { type Codec, createCodec } from '../codec.ts';
import type { Matrix } from '../losses/matrix.ts';
import { measured } from '../measured.ts';
import type { Model } from '../model.ts';
import { drawnBases, meanBases } from '../training/base-points.ts';
import { fitChannelPrior, priorOfChannels } from '../training/channel-prior.ts';
import { leftOver } from '../training/left-over.ts';
import { type NetworkPrior, networkOf } from '../training/neural-model.ts';
import { drawLatents } from '../vae/conditioned.ts';
import { createVae, type Vae } from '../vae/network.ts';
import { type PointSource, pointsOf } from './point-source.ts';

/**
 * The source of a model with a network: z ~ N(0, 1), the decoder, its observation noise, the codec, the bounds. With
 * `prior-residual` the decoder starts from base points and the points are measured where shots are known.
 */
export function networkSource(model: Model): PointSource {
  const { vae, codec: state, parameters, observationNoise, prior } = networkOf(model);
  const codec = createCodec(state);
  const { classes } = state.shape;
  const network = createVae(vae, { channels: codec.channels, classes }, createRandom(0));
  network.parameters.fromBytes(parameters);
  const around = prior && priorAround(model, codec, network, prior);
  return {
    codec,
    draw(count, label, random) {
      const labels = new Int32Array(count).fill(label);
      const bases = around?.bases.ofFakes(labels, random);
      const noise = around?.noise?.draw(label, count, random);
      const channels = network.decode(drawLatents(vae.latentDim, labels, classes, random), bases);
      addNoise(channels, observationNoise, random);
      if (noise) add(channels, noise.x);
      const points = pointsOf(codec, channels, label);
      return around ? measured(state.shape, points, random) : points;
    },
    dispose: () => network.dispose(),
  };
}

/** Base points of the decoder, and the density of what is added to its output, if there is any. */
function priorAround({ training: { points } }: Model, codec: Codec, network: Vae, { rho, role }: NetworkPrior) {
  const prior = fitChannelPrior(codec, points, rho);
  if (role === 'base') return { bases: drawnBases(prior), noise: undefined as Prior | undefined };
  const bases = meanBases(prior);
  const real = codec.encode(points);
  const rest = leftOver(network, real, points, bases.ofReconstructions(real, points.y));
  return { bases, noise: priorOfChannels(rest, points, rho) };
}

function addNoise({ data, columns }: Matrix, deviations: readonly number[], random: Random): void {
  if (deviations.every((deviation) => deviation === 0)) return;
  for (let i = 0; i < data.length; i++) data[i] += deviations[i % columns] * random.normal();
}

function add({ data }: Matrix, addend: Float32Array): void {
  for (let i = 0; i < data.length; i++) data[i] += addend[i];
}
