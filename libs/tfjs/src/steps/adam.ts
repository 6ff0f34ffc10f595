import * as tf from '@tensorflow/tfjs-core';
import { currentTrace } from '../compile/tracing/symbolic-backend.ts';
import { ADAM_KERNEL, type AdamKernelAttributes } from '../kernels/adam-kernel.ts';
import { hasKernel } from '../kernels/heap-kernel.ts';
import { floatsFromBytes, ParameterShapeError, type Parameters } from '../layers/parameters.ts';
import { hostInput } from './host-input.ts';

/** Inputs of one update besides the gradients. */
export interface AdamRates {
  /** A number, or a scalar tensor, as in a compiled function. */
  readonly learningRate: number | tf.Scalar;
  /** Decay of the first moment. Default 0, as usual for adversarial training. */
  readonly beta1?: number;
  /** Decay of the second moment. Default 0.99. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
}

/** The optimizer of a set of parameters. */
export interface Adam {
  /** Number of updates so far. */
  readonly steps: number;
  /**
   * One update. A null gradient counts as zero. Throws {@link ParameterShapeError} unless there is one per parameter.
   */
  update(gradients: readonly (tf.Tensor | null)[], rates: AdamRates): void;
  /** Number of updates (float64) and both moments (float32), little-endian: 8 + 8·size bytes. */
  toBytes(): Uint8Array;
  /** Restores a state from the form of {@link toBytes}. Throws {@link ParameterShapeError} on another length. */
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/**
 * Adam with bias correction (Kingma and Ba, 2015), with a flat state, and the update in one kernel if the backend has
 * it.
 */
export function createAdam(parameters: Parameters): Adam {
  const { size, variables } = parameters;
  const zeros = () => tf.tidy(() => tf.variable(tf.zeros([size]), false));
  const m = zeros();
  const v = zeros();
  let steps = 0;

  return {
    get steps() {
      return steps;
    },
    update(gradients, { learningRate, beta1 = 0, beta2 = 0.99, epsilon = 1e-8 }) {
      if (gradients.length !== variables.length) {
        throw new ParameterShapeError(`adam: ${gradients.length} gradients for ${variables.length} parameters`);
      }
      /** √(1 − β₂ᵗ)/(1 − β₁ᵗ) and √(1 − β₂ᵗ) of the next update t. */
      const nextCorrections = (): [number, number] => {
        steps++;
        const second = Math.sqrt(1 - beta2 ** steps);
        return [second / (1 - beta1 ** steps), second];
      };
      tf.tidy(() => {
        const given = gradients.map((gradient, i) => gradient ?? tf.zerosLike(variables[i]));
        if (typeof learningRate !== 'number' || currentTrace()) {
          const [rate, second] = tf.unstack(hostInput<tf.Rank.R1>([2], nextCorrections)) as [tf.Scalar, tf.Scalar];
          const stepSize = tf.mul(rate, learningRate);
          flatUpdate(variables, given, m, v, { beta1, beta2, stepSize, epsilonHat: tf.mul(second, epsilon) });
          return;
        }
        const [rate, second] = nextCorrections();
        const stepSize = learningRate * rate;
        const attributes = { count: variables.length, stepSize, beta1, beta2, epsilonHat: epsilon * second };
        if (hasKernel(ADAM_KERNEL)) fusedUpdate(variables, given, m, v, attributes);
        else flatUpdate(variables, given, m, v, attributes);
      });
    },
    toBytes() {
      const bytes = new Uint8Array(8 + 8 * size);
      new DataView(bytes.buffer).setFloat64(0, steps, true);
      const moments = new Float32Array(bytes.buffer, 8);
      moments.set(m.dataSync() as Float32Array, 0);
      moments.set(v.dataSync() as Float32Array, size);
      return bytes;
    },
    fromBytes(bytes) {
      if (bytes.byteLength !== 8 + 8 * size) {
        throw new ParameterShapeError(`adam: ${bytes.byteLength} bytes where ${8 + 8 * size} are expected`);
      }
      steps = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
      const moments = floatsFromBytes(bytes.subarray(8), 2 * size, 'adam');
      tf.tidy(() => {
        m.assign(tf.tensor1d(moments.slice(0, size)));
        v.assign(tf.tensor1d(moments.slice(size)));
      });
    },
    dispose() {
      m.dispose();
      v.dispose();
    },
  };
}

function fusedUpdate(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  m: tf.Variable,
  v: tf.Variable,
  attributes: AdamKernelAttributes,
): void {
  const inputs: Record<string, tf.Tensor> = { m, v };
  for (const [i, variable] of variables.entries()) {
    inputs[`p${i}`] = variable;
    inputs[`g${i}`] = gradients[i];
  }
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(ADAM_KERNEL, inputs, attributes as unknown as tf.NamedAttrMap);
  const updated = Array.isArray(outputs) ? outputs : [outputs];
  for (const [i, variable] of variables.entries()) variable.assign(updated[i]);
}

/** The update of all parameters as one vector: a dozen operations for any number of parameters. */
function flatUpdate(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  m: tf.Variable,
  v: tf.Variable,
  { beta1, beta2, stepSize, epsilonHat }: FlatRates,
): void {
  const flat = (tensors: readonly tf.Tensor[]) =>
    tf.concat1d(tensors.map((t) => tf.reshape(t, [t.size]) as tf.Tensor1D));
  const gradient = flat(gradients);
  m.assign(beta1 === 0 ? gradient : tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
  v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
  const change = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(v), epsilonHat));
  const sizes = variables.map((variable) => variable.size);
  const parts = tf.split(tf.sub(flat(variables), change), sizes);
  for (const [i, variable] of variables.entries()) variable.assign(tf.reshape(parts[i], variable.shape));
}

interface FlatRates {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number | tf.Tensor;
  readonly epsilonHat: number | tf.Tensor;
}
