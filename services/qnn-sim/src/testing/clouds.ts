import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';

/**
 * Points of Gaussian clouds, one per class in turn, `distance` deviations apart along their own feature; three
 * features.
 */
export function clouds(seed: number, count: number, options: { classes?: number; distance?: number } = {}): Points {
  const { classes = 3, distance = 4 } = options;
  const features = 3;
  const random = createRandom(seed);
  const y = Int32Array.from({ length: count }, (_, i) => i % classes);
  const x = Float32Array.from({ length: count * features }, (_, i) => {
    const centre = i % features === y[Math.floor(i / features)] ? distance : 0;
    return centre + random.normal();
  });
  return { count, features, classes, x, y };
}
