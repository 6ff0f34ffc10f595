import { createAdam } from '@qloom/tfjs/steps/adam.ts';
import { createEma } from '@qloom/tfjs/steps/ema.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from '../losses/matrix.ts';
import { decoderInput, pullBackReparameterization } from './conditioned.ts';
import type { Vae } from './network.ts';

/** What is drawn for one step, for n real points. */
export interface DrawnBatch {
  /** Real channels beside the one-hot class, shape [n, channels + classes]. */
  readonly encoderInput: Matrix;
  /** ε of the reparameterization, shape [n, latentDim]. */
  readonly noise: Float32Array;
  /** Latents from the prior beside the same classes, shape [n, latentDim + classes]. */
  readonly latents: Matrix;
}

/** What the network makes of a batch. */
export interface PassedBatch {
  /** μ | log σ², shape [n, 2·latentDim]. */
  readonly code: Matrix;
  /** Reconstructions of the n real points, then n fakes from the prior, shape [2n, channels]. */
  readonly made: Matrix;
}

/** What one update needs beside its gradients. */
export interface UpdateRates {
  readonly learningRate: number;
  /** Decay of the average of parameters. */
  readonly averageDecay: number;
}

/** Everything of a network in training, in bytes that each kind of {@link TrainingNetwork} takes from the other. */
export interface TrainingState {
  readonly parameters: Uint8Array;
  readonly adam: Uint8Array;
  readonly ema: Uint8Array;
}

/** β of Adam, as usual for adversarial training, and its ε. */
export const ADAM = { beta1: 0, beta2: 0.99, epsilon: 1e-8 } as const;

/** The conditional VAE in training: network, optimizer and average of parameters. One call at a time. */
export interface TrainingNetwork {
  /** Sends a batch through the encoder, the drawing of z and the decoder. */
  pass(batch: DrawnBatch): Promise<PassedBatch>;
  /**
   * One update, given the gradient of the loss with respect to what {@link pass} made of this batch. `gradient.code` may be
   * added to: the caller is done with it.
   */
  descend(batch: DrawnBatch, passed: PassedBatch, gradient: PassedBatch, rates: UpdateRates): Promise<void>;
  /** The average of parameters, float32 bytes. */
  average(): Uint8Array;
  state(): TrainingState;
  restore(state: TrainingState): void;
  dispose(): void;
}

/**
 * A network that goes on eagerly, from the same state, where a compiled step cannot be built or run: a step changes its state last.
 */
export function withFallback(
  compiled: TrainingNetwork,
  createEager: () => TrainingNetwork,
  fallBack: (error: unknown) => void,
): TrainingNetwork {
  let current = compiled;
  async function attempt<T>(run: (network: TrainingNetwork) => Promise<T>): Promise<T> {
    const tried = current;
    try {
      return await run(tried);
    } catch (error) {
      if (tried !== compiled) throw error;
      fallBack(error);
      current = createEager();
      current.restore(compiled.state());
      compiled.dispose();
      return run(current);
    }
  }
  return {
    pass: (batch) => attempt((network) => network.pass(batch)),
    descend: (...given) => attempt((network) => network.descend(...given)),
    average: () => current.average(),
    state: () => current.state(),
    restore: (state) => current.restore(state),
    dispose: () => current.dispose(),
  };
}

/** A network that TensorFlow.js trains kernel by kernel, on the backend in use. Owns `network`. */
export function createEagerNetwork(network: Vae): TrainingNetwork {
  const { parameters } = network;
  const adam = createAdam(parameters);
  const ema = createEma(parameters);
  return {
    async pass(batch) {
      const code = network.encode(batch.encoderInput);
      return { code, made: network.decode(decoderInput(code, batch.noise, batch.latents)) };
    },
    async descend({ encoderInput, noise, latents }, { code }, gradient, { learningRate, averageDecay }) {
      tf.tidy(() => {
        const decoder = network.decoderGradient(decoderInput(code, noise, latents), gradient.made);
        pullBackReparameterization(code, noise, decoder.input, gradient.code);
        const encoder = network.encoderGradient(encoderInput, gradient.code);
        adam.update([...encoder, ...decoder.parameters], { learningRate, ...ADAM });
        ema.update(averageDecay);
      });
    },
    average: () => ema.toBytes(),
    state: () => ({ parameters: parameters.toBytes(), adam: adam.toBytes(), ema: ema.toBytes() }),
    restore(state) {
      parameters.fromBytes(state.parameters);
      adam.fromBytes(state.adam);
      ema.fromBytes(state.ema);
    },
    dispose() {
      for (const owned of [network, adam, ema]) owned.dispose();
    },
  };
}
