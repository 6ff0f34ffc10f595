import type { CodecState } from '../codec.ts';
import { CheckpointError } from '../errors.ts';
import type { Learned, Model } from '../model.ts';
import type { VaeSettings } from '../settings.ts';

/** The prior of a `prior-residual` network; fitted to the training points of the model, or to what the network leaves over. */
export interface NetworkPrior {
  readonly rho: number;
  readonly role: 'base' | 'noise';
}

/** The trained network of a model. */
export interface NeuralModel {
  readonly vae: VaeSettings;
  readonly codec: CodecState;
  /** Averaged parameters of the selected step, float32 bytes. */
  readonly parameters: Uint8Array;
  /** Standard deviation of the noise added to each channel; zeros for the VAE-GAN. */
  readonly observationNoise: readonly number[];
  /** For `prior-residual`: ρ of the prior, and whether its draws are the decoder's base points or are added to its output. */
  readonly prior?: NetworkPrior;
  /**
   * Seed of the split into points for the fit and points that select the checkpoint, which fits that continue from the model repeat;
   * absent where nothing was held out.
   */
  readonly splitSeed?: number;
}

/** Encodes a network for a model. */
export function learnedNetwork({ parameters, ...neural }: NeuralModel): Learned {
  return { content: { neural }, blobs: { parameters } };
}

/** Returns the network of a model. Throws CheckpointError if it has none. */
export function networkOf({ method, learned }: Model): NeuralModel {
  const neural = learned?.content['neural'] as Omit<NeuralModel, 'parameters'> | undefined;
  if (learned === undefined || neural === undefined) {
    throw new CheckpointError(`checkpoint: a model of method ${method} without a network`);
  }
  return { ...neural, parameters: learned.blobs['parameters'] };
}
