import { fitStandardizer } from '../preprocessing/standardizer.ts';
import type { Augmentation } from './augmentation.ts';
import { strengthOf, synthesize, takeInTurn } from './synthesize.ts';

/** x + strength·sd_j·N(0, 1): real points with Gaussian jitter. */
export const noise: Augmentation = {
  name: 'noise',
  title: 'Gaussian noise on real points',
  strength: {
    low: 0.01,
    high: 1,
    default: 0.1,
    meaning: "deviation of the noise, in each feature's standard deviation",
  },
  needsShots: false,
  classDensity: false,
  augment(points, request) {
    const strength = strengthOf(noise, request);
    const { scale } = fitStandardizer(points);
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, request.random);
      return (out) => {
        const row = next();
        for (let j = 0; j < out.length; j++) {
          out[j] = points.x[row * points.features + j] + strength * scale[j] * request.random.normal();
        }
        return row;
      };
    });
  },
};
