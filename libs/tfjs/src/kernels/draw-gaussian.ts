import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';

const FORWARD = 'HeapDrawGaussian';
const GRADIENT = 'HeapDrawGaussianGrad';

/** Registers z = μ + ε·exp(½ log σ²) and its gradient with respect to the code μ | log σ². */
export function registerDrawGaussianKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: FORWARD,
    shapes: ({ noise }) => [noise.shape],
    compute: ({ code, noise }, [z], _attributes, infos) => {
      const [rows, width] = infos.noise.shape;
      for (let i = 0; i < rows; i++) {
        for (let j = 0, at = 2 * i * width; j < width; j++, at++) {
          z[i * width + j] = code[at] + noise[i * width + j] * Math.exp(0.5 * code[at + width]);
        }
      }
    },
  });
  registerHeapKernel(backendName, {
    name: GRADIENT,
    shapes: ({ code }) => [code.shape],
    compute: ({ code, noise, dy }, [gradient], _attributes, infos) => {
      const [rows, width] = infos.noise.shape;
      for (let i = 0; i < rows; i++) {
        for (let j = 0, at = 2 * i * width; j < width; j++, at++) {
          const slope = dy[i * width + j];
          gradient[at] = slope;
          gradient[at + width] = slope * noise[i * width + j] * 0.5 * Math.exp(0.5 * code[at + width]);
        }
      }
    },
  });
}

tf.registerGradient({
  kernelName: FORWARD,
  inputsToSave: ['code', 'noise'],
  gradFunc: (dy, [code, noise]) => ({
    code: () => runKernel(GRADIENT, { code, noise, dy: dy as tf.Tensor }),
    noise: () => {
      throw new Error('drawGaussian: the noise has no gradient');
    },
  }),
});

/**
 * Draws from Gaussians, z = μ + ε·exp(½ log σ²) (the reparameterization of Kingma and Welling, 2014): `code` is μ | log σ², [rows, 2n],
 * `noise` is ε, [rows, n]. Differentiable once, with respect to the code.
 */
export function drawGaussian(code: tf.Tensor2D, noise: tf.Tensor2D): tf.Tensor2D {
  if (hasKernel(FORWARD)) return runKernel(FORWARD, { code, noise }) as tf.Tensor2D;
  const [rows, width] = noise.shape;
  const mean = tf.slice(code, [0, 0], [rows, width]);
  const logVariance = tf.slice(code, [0, width], [rows, width]);
  return tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVariance, 0.5))));
}
