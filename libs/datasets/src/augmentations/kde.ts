import type { Augmentation } from './augmentation.ts';
import { addSpread, classSpread } from './class-spread.ts';
import { strengthOf, synthesize, takeInTurn } from './synthesize.ts';

/**
 * Kernel density of each class: a real point plus a Gaussian kernel with the class's shrunk covariance times
 * (strength·n^(−1/(d+4)))², Scott's bandwidth at strength 1.
 */
export const kde: Augmentation = {
  name: 'kde',
  title: 'Kernel density per class',
  strength: { low: 0.1, high: 3, default: 1, meaning: "bandwidth, in Scott's" },
  needsShots: false,
  classDensity: true,
  augment(points, request) {
    const strength = strengthOf(kde, request);
    const { features } = points;
    const { random } = request;
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, random);
      const { lower } = classSpread(points, rows);
      const bandwidth = strength * rows.length ** (-1 / (features + 4));
      return (out) => {
        const row = next();
        for (let j = 0; j < features; j++) out[j] = points.x[row * features + j];
        addSpread(out, lower, bandwidth, () => random.normal());
        return row;
      };
    });
  },
};
