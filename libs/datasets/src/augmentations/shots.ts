import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { sampleBeta } from '../sampling/gamma-sampling.ts';
import { sampleExpectation } from '../sampling/shot-sampling.ts';
import type { Augmentation } from './augmentation.ts';
import { strengthOf, synthesize, takeInTurn } from './synthesize.ts';

/**
 * Measures each expectation again: p from its posterior Beta(½ + k/s, ½ + (n−k)/s) given k of n shots up, then n new
 * shots at p. With strength s = 1 this is the posterior predictive, the physically right noise; other s widen (above 1)
 * or narrow the posterior.
 */
export const shots: Augmentation = {
  name: 'shots',
  title: 'Expectations measured again',
  strength: { low: 0.1, high: 4, default: 1, meaning: "variance of the posterior, in the exact posterior's" },
  needsShots: true,
  classDensity: false,
  augment(points, request) {
    const strength = strengthOf(shots, request);
    const n = request.shots;
    if (!n || !Number.isInteger(n) || n < 1) {
      throw new DatasetError(
        'shots',
        `shots: ${n} – features must be expectations from a whole number of shots, at least 1`,
      );
    }
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, request.random);
      return (out) => {
        const row = next();
        for (let j = 0; j < out.length; j++) {
          const share = Math.max(0, Math.min(1, (1 + points.x[row * points.features + j]) / 2));
          const up = share * n;
          const p = sampleBeta(0.5 + up / strength, 0.5 + (n - up) / strength, request.random);
          out[j] = sampleExpectation(2 * p - 1, n, request.random);
        }
        return row;
      };
    });
  },
};
