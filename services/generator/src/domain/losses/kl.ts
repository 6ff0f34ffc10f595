import type { Matrix } from './matrix.ts';

/**
 * Kullback-Leibler divergence of the posterior N(μ, diag e^ℓ) from the prior N(0, 1), per feature of the data: (1/nF)
 * Σ_ij ½(μ² + e^ℓ − 1 − ℓ) (Kingma and Welling, "Auto-Encoding Variational Bayes", 2014, appendix B). It is divided by
 * F like the mean squared error, so that the meaning of β does not depend on the number of features.
 *
 * `code` holds μ | ℓ in its columns, shape [n, 2Z]. Adds `weight` times the gradient to `gradient`, of the same shape, and
 * returns the unweighted value.
 */
export function klLoss(code: Matrix, features: number, weight: number, gradient: Matrix): number {
  const latent = code.columns / 2;
  const scale = 1 / (code.rows * features);
  let sum = 0;
  for (let i = 0; i < code.rows; i++) {
    for (let j = 0; j < latent; j++) {
      const at = i * code.columns + j;
      const mean = code.data[at];
      const logVariance = code.data[at + latent];
      const variance = Math.exp(logVariance);
      sum += 0.5 * (mean * mean + variance - 1 - logVariance);
      gradient.data[at] += weight * scale * mean;
      gradient.data[at + latent] += weight * scale * 0.5 * (variance - 1);
    }
  }
  return sum * scale;
}
