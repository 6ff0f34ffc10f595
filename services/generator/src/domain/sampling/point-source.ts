import type { Random } from '@qloom/random/random.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Codec, createCodec } from '../codec.ts';
import type { Matrix } from '../losses/matrix.ts';
import type { NeuralModel } from '../training/neural-model.ts';
import type { DataShape } from '../training-data.ts';
import { drawLatents } from '../vae/conditioned.ts';
import { createVae, type Vae } from '../vae/network.ts';

/** Draws points from a network. */
export interface PointSource {
  readonly codec: Codec;
  /** Draws `count` points of one class in the units of the data, within its bounds. */
  draw(count: number, label: number, random: Random): Points;
  dispose(): void;
}

/** Creates the source of a neural model: z ~ N(0, 1), the decoder, its observation noise, the codec, the bounds. */
export function createPointSource({ vae, codec: state, parameters, observationNoise }: NeuralModel): PointSource {
  const codec = createCodec(state);
  const { shape } = state;
  const network: Vae = createVae(vae, { channels: codec.channels, classes: shape.classes }, createRandom(0));
  network.parameters.fromBytes(parameters);
  const noisy = observationNoise.some((deviation) => deviation > 0);
  return {
    codec,
    draw(count, label, random) {
      const y = new Int32Array(count).fill(label);
      const channels = network.decode(drawLatents(vae.latentDim, y, shape.classes, random));
      if (noisy) addNoise(channels, observationNoise, random);
      const x = codec.decode(channels);
      clip(x, shape);
      return { count, features: shape.features, classes: shape.classes, x, y };
    },
    dispose: () => network.dispose(),
  };
}

function addNoise({ data, columns }: Matrix, deviations: readonly number[], random: Random): void {
  for (let i = 0; i < data.length; i++) data[i] += deviations[i % columns] * random.normal();
}

/** Clips values to the bounds of their feature. */
function clip(x: Float32Array, { features, lower, upper }: DataShape): void {
  for (let i = 0; i < x.length; i++) {
    const j = i % features;
    if (x[i] < lower[j]) x[i] = lower[j];
    else if (x[i] > upper[j]) x[i] = upper[j];
  }
}
