import { sampleBeta } from '../sampling/gamma-sampling.ts';
import type { Augmentation } from './augmentation.ts';
import { strengthOf, synthesize, takeInTurn } from './synthesize.ts';

/**
 * λ·x_a + (1−λ)·x_b with λ ~ Beta(strength, strength) (Zhang et al., "mixup", 2018), with a partner of the same class,
 * because points here carry one label each. A class with one row is copied.
 */
export const mixup: Augmentation = {
  name: 'mixup',
  title: 'Mixup within a class',
  strength: {
    low: 0.1,
    high: 4,
    default: 0.4,
    meaning: 'both parameters of the Beta distribution of the mixing weight',
  },
  needsShots: false,
  classDensity: false,
  augment(points, request) {
    const strength = strengthOf(mixup, request);
    const { features } = points;
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, request.random);
      return (out) => {
        const a = next();
        const b = rows[request.random.integer(rows.length)];
        const weight = sampleBeta(strength, strength, request.random);
        for (let j = 0; j < features; j++) {
          out[j] = weight * points.x[a * features + j] + (1 - weight) * points.x[b * features + j];
        }
        return weight >= 0.5 ? a : b;
      };
    });
  },
};
