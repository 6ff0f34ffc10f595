import type { Random } from '@qloom/random/random.ts';
import { type Matrix, matrix } from '../losses/matrix.ts';

/** Rows of `values` followed by the one-hot vector of their class: shape [rows, columns + classes]. */
export function conditioned(values: Matrix, labels: Int32Array, classes: number): Matrix {
  const { rows, columns, data } = values;
  const out = matrix(rows, columns + classes);
  for (let i = 0; i < rows; i++) {
    out.data.set(data.subarray(i * columns, (i + 1) * columns), i * out.columns);
    out.data[i * out.columns + columns + labels[i]] = 1;
  }
  return out;
}

/** Standard normal latents followed by the one-hot vectors of these classes: the decoder's input. */
export function drawLatents(latentDim: number, labels: Int32Array, classes: number, random: Random): Matrix {
  return conditioned(matrix(labels.length, latentDim, random.normals(labels.length * latentDim)), labels, classes);
}

/**
 * z = μ + ε·exp(½ log σ²) for each row of the code μ | log σ² (the reparameterization of Kingma and Welling, 2014).
 * `noise` is ε, shape [rows, latentDim].
 */
export function reparameterize(code: Matrix, noise: Float32Array): Matrix {
  const latent = code.columns / 2;
  const z = matrix(code.rows, latent);
  for (let i = 0; i < code.rows; i++) {
    for (let j = 0; j < latent; j++) {
      const at = i * code.columns + j;
      z.data[i * latent + j] = code.data[at] + noise[i * latent + j] * Math.exp(0.5 * code.data[at + latent]);
    }
  }
  return z;
}
