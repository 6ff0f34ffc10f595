import * as tf from '@tensorflow/tfjs-core';
import { EMA_KERNEL } from '../kernels/adam-kernel.ts';
import { hasKernel } from '../kernels/heap-kernel.ts';
import { floatsFromBytes, type Parameters } from '../layers/parameters.ts';

/** An exponential moving average of parameters. */
export interface Ema {
  /** average ← decay·average + (1 − decay)·parameters. */
  update(decay: number | tf.Scalar): void;
  /** The average in the form of {@link Parameters.toBytes}, which a twin network's `fromBytes` takes. */
  toBytes(): Uint8Array;
  fromBytes(bytes: Uint8Array): void;
  dispose(): void;
}

/** Starts an average at the parameters' present values. */
export function createEma(parameters: Parameters): Ema {
  const { size, variables } = parameters;
  const average = tf.tidy(() => tf.variable(tf.tensor1d(new Float32Array(parameters.toBytes().buffer)), false));
  return {
    update(decay) {
      tf.tidy(() => {
        if (typeof decay === 'number' && hasKernel(EMA_KERNEL)) {
          const inputs: Record<string, tf.Tensor> = { average };
          for (const [i, variable] of variables.entries()) inputs[`p${i}`] = variable;
          tf.engine().runKernel(EMA_KERNEL, inputs, { count: variables.length, decay });
          return;
        }
        const flat = tf.concat1d(variables.map((variable) => tf.reshape(variable, [variable.size]) as tf.Tensor1D));
        average.assign(tf.add(tf.mul(average, decay), tf.mul(flat, tf.sub(1, decay))));
      });
    },
    toBytes() {
      return new Uint8Array((average.dataSync() as Float32Array).slice().buffer);
    },
    fromBytes(bytes) {
      const values = floatsFromBytes(bytes, size, 'moving average');
      tf.tidy(() => average.assign(tf.tensor1d(values)));
    },
    dispose() {
      average.dispose();
    },
  };
}
