import type { Random } from '@qloom/random/random.ts';
import { floatsFromBytes, ParameterShapeError } from '@qloom/tfjs/layers/parameters.ts';
import { adamCoefficients, flatAdamUpdate } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatSize, flatten, unflatten, type Weights } from '@qloom/tfjs/steps/flat-state.ts';
import type { HeldStep, StepCache, StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import * as tf from '@tensorflow/tfjs-core';
import { matrix } from '../losses/matrix.ts';
import type { VaeSettings } from '../settings.ts';
import { decoderOf, encoderOf, type VaeSizes, vaeSpecs } from './network.ts';
import { ADAM, type DrawnBatch, type TrainingNetwork } from './training-network.ts';

/** What the layers of a network follow from. */
export interface Layout extends VaeSizes {
  readonly settings: VaeSettings;
}

/** What the graphs of a network follow from. */
interface Structure extends Layout {
  readonly specs: ReturnType<typeof vaeSpecs>;
  /** Number of parameters. */
  readonly size: number;
  /** Real points in a batch. */
  readonly batch: number;
}

/** The flat state: parameters, both moments of Adam, the average of parameters, each of `size` numbers. */
const PARTS = 4;

const part = (state: tf.Tensor, size: number, index: number): tf.Tensor1D =>
  tf.slice(state as tf.Tensor1D, [index * size], [size]);

/** The network's pass over a batch with these weights: see {@link TrainingNetwork.pass}. */
export function passOf({ settings, channels, classes }: Layout, weights: Weights) {
  const { latentDim } = settings;
  return (encoderInput: tf.Tensor2D, noise: tf.Tensor2D, latents: tf.Tensor2D) => {
    const rows = encoderInput.shape[0];
    const code = encoderOf(settings, weights)(encoderInput);
    const mean = tf.slice(code, [0, 0], [rows, latentDim]);
    const logVariance = tf.slice(code, [0, latentDim], [rows, latentDim]);
    const z = tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVariance, 0.5))));
    const labels = tf.slice(encoderInput, [0, channels], [rows, classes]);
    const made = decoderOf(settings, weights)(tf.concat2d([tf.concat2d([z as tf.Tensor2D, labels], 1), latents], 0));
    return { code, made };
  };
}

function batchShapes({ settings, channels, classes, batch }: Structure): number[][] {
  return [
    [batch, channels + classes],
    [batch, settings.latentDim],
    [batch, settings.latentDim + classes],
  ];
}

/** Inputs: state, encoder's input, noise, latents. Outputs: `code`, `made`. */
function passDefinition(structure: Structure): StepDefinition {
  const { size, specs } = structure;
  return {
    inputs: [[PARTS * size], ...batchShapes(structure)],
    step: (state, ...batch) => {
      const pass = passOf(structure, unflatten(part(state, size, 0), specs));
      return pass(...(batch as Parameters<typeof pass>));
    },
  };
}

/**
 * Inputs: those of the pass, the loss's gradients with respect to `made` and `code`, and stepSize, epsilonHat, the average's decay.
 * Output: `state` after the update. The pass is done again: that costs less than carrying its activations out and in.
 */
function descendDefinition(structure: Structure): StepDefinition {
  const { settings, channels, size, specs, batch } = structure;
  return {
    inputs: [[PARTS * size], ...batchShapes(structure), [2 * batch, channels], [batch, 2 * settings.latentDim], [3]],
    step: (state, encoderInput, noise, latents, madeGradient, codeGradient, coefficients) => {
      const scalar = (i: number) => tf.reshape(tf.slice(coefficients as tf.Tensor1D, [i], [1]), []);
      const parameters = part(state, size, 0);
      const weights = unflatten(parameters, specs);
      // Its gradient is the loss's: the linear part of the loss in what the network made.
      const linear = () => {
        const { code, made } = passOf(structure, weights)(
          encoderInput as tf.Tensor2D,
          noise as tf.Tensor2D,
          latents as tf.Tensor2D,
        );
        return tf.add(tf.sum(tf.mul(made, madeGradient)), tf.sum(tf.mul(code, codeGradient)));
      };
      const { grads } = tf.engine().gradients(linear, [...weights.variables], undefined, true);
      const next = flatAdamUpdate(
        { parameters, m: part(state, size, 1), v: part(state, size, 2) },
        flatten(grads, specs),
        { stepSize: scalar(0), epsilonHat: scalar(1), beta1: ADAM.beta1, beta2: ADAM.beta2 },
      );
      const average = part(state, size, 3);
      const averaged = tf.add(next.parameters, tf.mul(tf.sub(average, next.parameters), scalar(2)));
      return { state: tf.concat1d([next.parameters, next.m, next.v, averaged as tf.Tensor1D]) };
    },
  };
}

/**
 * A network whose steps are compiled graphs, from a cache that networks of one structure share; first weights from `random` as
 * `createVae` draws them. Its state is one flat array of its own; its bytes are those of the eager network.
 */
export function createCompiledNetwork(
  settings: VaeSettings,
  sizes: VaeSizes,
  random: Random,
  cache: StepCache,
): TrainingNetwork {
  const specs = vaeSpecs(settings, sizes, random);
  const size = flatSize(specs);
  let state = new Float32Array(PARTS * size);
  let offset = 0;
  for (const { values } of specs) {
    state.set(values, offset);
    offset += values.length;
  }
  state.copyWithin(3 * size, 0, size);
  let updates = 0;
  const held = new Map<string, Promise<HeldStep>>();

  function stepFor(name: string, { encoderInput }: DrawnBatch, define: (structure: Structure) => StepDefinition) {
    const { layers, width, latentDim, activation, architecture } = settings;
    const { channels, classes } = sizes;
    const { rows } = encoderInput;
    const key = JSON.stringify([name, layers, width, latentDim, activation, architecture, channels, classes, rows]);
    let step = held.get(key);
    if (!step) {
      step = cache.hold(key, () => define({ settings, ...sizes, specs, size, batch: rows }));
      held.set(key, step);
    }
    return step;
  }

  const bytes = (index: number, parts = 1) => new Uint8Array(state.slice(index * size, (index + parts) * size).buffer);

  return {
    async pass(batch) {
      const step = await stepFor('pass', batch, passDefinition);
      const { encoderInput, noise, latents } = batch;
      const { code, made } = await step.run([state, encoderInput.data, noise, latents.data]);
      const { rows } = encoderInput;
      return { code: matrix(rows, 2 * settings.latentDim, code), made: matrix(2 * rows, sizes.channels, made) };
    },
    async descend(batch, _passed, gradient, { learningRate, averageDecay }) {
      const step = await stepFor('descend', batch, descendDefinition);
      const { stepSize, epsilonHat } = adamCoefficients(updates + 1, { ...ADAM, learningRate });
      const coefficients = Float32Array.of(stepSize, epsilonHat, averageDecay);
      const { encoderInput, noise, latents } = batch;
      const { made, code } = gradient;
      const inputs = [state, encoderInput.data, noise, latents.data, made.data, code.data, coefficients];
      state = (await step.run(inputs)).state as typeof state;
      updates++;
    },
    average: () => bytes(3),
    state() {
      const adam = new Uint8Array(8 + 8 * size);
      new DataView(adam.buffer).setFloat64(0, updates, true);
      adam.set(bytes(1, 2), 8);
      return { parameters: bytes(0), adam, ema: bytes(3) };
    },
    restore({ parameters, adam, ema }) {
      if (adam.byteLength !== 8 + 8 * size) {
        throw new ParameterShapeError(`adam: ${adam.byteLength} bytes where ${8 + 8 * size} are expected`);
      }
      const next = new Float32Array(PARTS * size);
      next.set(floatsFromBytes(parameters, size, 'parameters'));
      next.set(floatsFromBytes(adam.subarray(8), 2 * size, 'adam'), size);
      next.set(floatsFromBytes(ema, size, 'moving average'), 3 * size);
      updates = new DataView(adam.buffer, adam.byteOffset).getFloat64(0, true);
      state = next;
    },
    dispose() {
      for (const step of held.values()) step.then((ready) => ready.release()).catch(() => undefined);
      held.clear();
    },
  };
}
