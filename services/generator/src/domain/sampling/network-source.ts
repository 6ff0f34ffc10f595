import { createRandom, type Random } from '@qloom/random/random.ts';
import { createCodec } from '../codec.ts';
import type { Matrix } from '../losses/matrix.ts';
import type { Model } from '../model.ts';
import { networkOf } from '../training/neural-model.ts';
import { drawLatents } from '../vae/conditioned.ts';
import { createVae } from '../vae/network.ts';
import { type PointSource, pointsOf } from './point-source.ts';

/** The source of a model with a network: z ~ N(0, 1), the decoder, its observation noise, the codec, the bounds. */
export function networkSource(model: Model): PointSource {
  const { vae, codec: state, parameters, observationNoise } = networkOf(model);
  const codec = createCodec(state);
  const { classes } = state.shape;
  const network = createVae(vae, { channels: codec.channels, classes }, createRandom(0));
  network.parameters.fromBytes(parameters);
  const noisy = observationNoise.some((deviation) => deviation > 0);
  return {
    codec,
    draw(count, label, random) {
      const labels = new Int32Array(count).fill(label);
      const channels = network.decode(drawLatents(vae.latentDim, labels, classes, random));
      if (noisy) addNoise(channels, observationNoise, random);
      return pointsOf(codec, channels, label);
    },
    dispose: () => network.dispose(),
  };
}

function addNoise({ data, columns }: Matrix, deviations: readonly number[], random: Random): void {
  for (let i = 0; i < data.length; i++) data[i] += deviations[i % columns] * random.normal();
}
