import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { useBackend } from '../backends/backend.ts';
import { compile } from './compile.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

const CLASSES = 3;

/** A convolutional classifier of the Layers API, with initial weights of seed `seed`, and its training step. */
function classifier(seed: number) {
  const kernelInitializer = (i: number) => layers.initializers.glorotNormal({ seed: seed + i });
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'tanh',
        kernelInitializer: kernelInitializer(0),
      }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 8, activation: 'elu', kernelInitializer: kernelInitializer(1) }),
      layers.layers.dense({ units: CLASSES, kernelInitializer: kernelInitializer(2) }),
    ],
  });
  const optimizer = tf.train.adam(0.01);
  const step = (x: tf.Tensor4D, labels: tf.Tensor2D) =>
    optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(labels, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar,
      true,
    ) as tf.Scalar;
  return { model, step };
}

const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describe('a model of the Layers API', () => {
  it('trains through a compiled step as it does eagerly, and predicts with the trained weights', () => {
    const [eager, traced] = [classifier(1), classifier(1)];
    const compiled = compile(traced.step);
    const x = tf.tensor4d(createRandom('images').normals(6 * 64), [6, 8, 8, 1]);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), CLASSES) as tf.Tensor2D;
    const losses: number[] = [];
    for (let i = 0; i < 10; i++) {
      const [expected, seen] = [eager.step(x, labels), compiled(x, labels)].map((loss) => numbers(loss)[0]);
      losses.push(seen);
      // Float32, u = 6e-8: a loss of order 1 is a sum of about ten terms, and 1e-6 is 17 u. An update moves a weight by
      // the rate times m/√v, at most about 1, whose error is that of the gradient, about ten u of it, over as many
      // steps.
      expect(Math.abs(seen - expected)).toBeLessThan(1e-6);
    }
    expect(losses[9]).toBeLessThan(losses[0]);
    const [expected, seen] = [eager, traced].map(({ model }) => numbers(model.predict(x) as tf.Tensor));
    for (const [i, value] of seen.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-5);
  });
});
