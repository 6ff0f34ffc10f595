import { createParameters } from '@qloom/tfjs/layers/parameters.ts';
import { createAdam } from '@qloom/tfjs/steps/adam.ts';
import { eagerStep } from '@qloom/tfjs/steps/eager-step.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batches, Critic, CriticSpecs } from './critic.ts';
import { criticGradients, type Inputs, judgeBatch, type Network } from './critic-step.ts';
import type { CriticSettings } from './settings.ts';

/** A critic whose steps TensorFlow.js runs kernel by kernel, on the backend in use. */
export function createEagerCritic(settings: CriticSettings, specs: CriticSpecs): Critic {
  const parameters = createParameters(specs.parameters);
  const singular = createParameters(specs.singular);
  const adam = createAdam(parameters);
  const network: Network = { settings, parameters, singular };
  const judgeStep = eagerStep((x: Inputs, wantGradient: boolean) =>
    judgeBatch(network, x, settings.weights, wantGradient),
  );
  const updateStep = eagerStep((x: Inputs, mix: tf.Tensor1D, learningRate: number) => {
    const { gradients, moved, ...report } = criticGradients(network, x, mix, settings.r1Gamma);
    for (const [i, vector] of moved.entries()) singular.variables[i].assign(vector);
    tf.dispose([...moved]);
    adam.update(gradients, { learningRate });
    return report;
  });
  const parts = [parameters, adam, singular] as const;
  const lengths = parts.map((part) => part.toBytes().byteLength);
  return {
    async judge(batches, wantGradient) {
      return withInputs(batches, (x) => {
        const { logits, adversarial, matching, gradient } = judgeStep(x, wantGradient);
        return {
          logits: take(logits),
          adversarial: take(adversarial)[0],
          featureMatching: take(matching)[0],
          gradient: gradient ? take(gradient) : new Float32Array(0),
        };
      });
    },
    async update(batches, mix) {
      return withInputs(batches, (x) => {
        const { loss, penalty, real, fake } = updateStep(x, tf.tensor1d(mix), settings.learningRate);
        return { loss: take(loss)[0], penalty: take(penalty)[0], real: take(real), fake: take(fake) };
      });
    },
    byteLength: lengths.reduce((sum, length) => sum + length, 0),
    toBytes() {
      return Buffer.concat(parts.map((part) => part.toBytes()));
    },
    fromBytes(bytes) {
      let offset = 0;
      for (const [i, part] of parts.entries()) {
        part.fromBytes(bytes.subarray(offset, offset + lengths[i]));
        offset += lengths[i];
      }
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
}

/** The values of a tensor, which is freed: steps keep what they return beyond the scope of a gradient. */
function take(tensor: tf.Tensor): Float32Array {
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

/** Runs on a batch's tensors and frees everything that was made: what leaves is plain arrays. */
function withInputs<T>({ count, real, fake, membership }: Batches, run: (x: Inputs) => T): T {
  tf.engine().startScope();
  try {
    return run({
      real: tf.tensor2d(real, [count, real.length / count]),
      fake: tf.tensor2d(fake, [count, fake.length / count]),
      membership: tf.tensor2d(membership, [count, membership.length / count]),
    });
  } finally {
    tf.engine().endScope();
  }
}
