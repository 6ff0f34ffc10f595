import type { CodecState } from '../codec.ts';
import { CheckpointError } from '../errors.ts';
import type { Learned, Model } from '../model.ts';
import type { VaeSettings } from '../settings.ts';

/** The trained network of a model. */
export interface NeuralModel {
  readonly vae: VaeSettings;
  readonly codec: CodecState;
  /** Averaged parameters of the selected step, float32 bytes. */
  readonly parameters: Uint8Array;
  /** Standard deviation of the noise added to each channel; zeros for the VAE-GAN. */
  readonly observationNoise: readonly number[];
}

/** Encodes a network for a model. */
export function learnedNetwork({ vae, codec, parameters, observationNoise }: NeuralModel): Learned {
  return { content: { neural: { vae, codec, observationNoise } }, blobs: { parameters } };
}

/** Returns the network of a model. Throws CheckpointError if it has none. */
export function networkOf({ method, learned }: Model): NeuralModel {
  const neural = learned?.content['neural'] as Omit<NeuralModel, 'parameters'> | undefined;
  if (learned === undefined || neural === undefined) {
    throw new CheckpointError(`checkpoint: a model of method ${method} without a network`);
  }
  return { ...neural, parameters: learned.blobs['parameters'] };
}
