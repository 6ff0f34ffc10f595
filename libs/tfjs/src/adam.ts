import * as tf from '@tensorflow/tfjs-core';
import { ADAM_KERNEL, type AdamKernelAttributes } from './adam-kernel.ts';
import { hasKernel } from './heap-kernel.ts';
import { floatsFromBytes, ParameterShapeError, type Parameters } from './parameters.ts';

/** What one update needs beside the gradients. */
export interface AdamRates {
  readonly learningRate: number;
  /** Decay of the first moment. Default 0, as usual for adversarial training. */
  readonly beta1?: number;
  /** Decay of the second moment. Default 0.99. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
}

/** The optimizer of a set of parameters. */
export interface Adam {
  /** Updates made so far. */
  readonly steps: number;
  /** One update. A null gradient counts as zero. Throws {@link ParameterShapeError} unless there is one a parameter. */
  update(gradients: readonly (tf.Tensor | null)[], rates: AdamRates): void;
  /** Number of updates (float64) and both moments (float32), little-endian: 8 + 8·size bytes. */
  toBytes(): Uint8Array;
  /** Takes a state in the form of {@link toBytes}. Throws {@link ParameterShapeError} on another length. */
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/** Adam with bias correction (Kingma and Ba, 2015), its state flat, its update one kernel where the backend has it. */
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
      steps++;
      const secondCorrection = Math.sqrt(1 - beta2 ** steps);
      const attributes: AdamKernelAttributes = {
        count: variables.length,
        stepSize: (learningRate * secondCorrection) / (1 - beta1 ** steps),
        beta1,
        beta2,
        epsilonHat: epsilon * secondCorrection,
      };
      tf.tidy(() => {
        const given = gradients.map((gradient, i) => gradient ?? tf.zerosLike(variables[i]));
        const updated = hasKernel(ADAM_KERNEL)
          ? fusedUpdate(variables, given, m, v, attributes)
          : composedUpdate(variables, given, m, v, attributes);
        for (const [i, variable] of variables.entries()) variable.assign(updated[i]);
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
): tf.Tensor[] {
  const inputs: Record<string, tf.Tensor> = { m, v };
  for (const [i, variable] of variables.entries()) {
    inputs[`p${i}`] = variable;
    inputs[`g${i}`] = gradients[i];
  }
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(ADAM_KERNEL, inputs, attributes as unknown as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

function composedUpdate(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  m: tf.Variable,
  v: tf.Variable,
  { beta1, beta2, stepSize, epsilonHat }: AdamKernelAttributes,
): tf.Tensor[] {
  const gradient = tf.concat1d(gradients.map((g) => tf.reshape(g, [g.size]) as tf.Tensor1D));
  m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
  v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
  const change = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(v), epsilonHat));
  const parts = tf.split(
    change,
    variables.map((variable) => variable.size),
  );
  return variables.map((variable, i) => tf.sub(variable, tf.reshape(parts[i], variable.shape)));
}
