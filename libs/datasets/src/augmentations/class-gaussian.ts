import type { Augmentation } from './augmentation.ts';
import { addSpread, classSpread } from './class-spread.ts';
import { strengthOf, synthesize } from './synthesize.ts';

/**
 * One Gaussian per class with shrunk covariance, its deviations times `strength`: the strongest baseline where data is
 * scarce.
 */
export const classGaussian: Augmentation = {
  name: 'class-gaussian',
  title: 'Class-conditional Gaussian',
  strength: { low: 0.25, high: 2, default: 1, meaning: "deviation, in the fitted Gaussian's" },
  needsShots: false,
  classDensity: true,
  augment(points, request) {
    const strength = strengthOf(classGaussian, request);
    const { random } = request;
    return synthesize(points, request, (rows) => {
      const { mean, lower } = classSpread(points, rows);
      return (out) => {
        out.set(mean);
        addSpread(out, lower, strength, () => random.normal());
        return rows[random.integer(rows.length)];
      };
    });
  },
};
