import { fitStandardizer } from '../preprocessing/standardizer.ts';
import type { Augmentation } from './augmentation.ts';
import { strengthOf, synthesize, takeInTurn } from './synthesize.ts';

/**
 * Each point turned, in standardized coordinates, by a random small orthogonal matrix of its own: the product of
 * Givens rotations over all pairs of features in random order, with angles N(0, (strength/√(d−1))²). So the step is
 * about `strength` times the point's distance from the mean, and that distance is kept. One feature cannot turn: it is
 * copied.
 */
export const rotations: Augmentation = {
  name: 'rotations',
  title: 'Small random rotations of real points',
  strength: {
    low: 0.01,
    high: 1,
    default: 0.1,
    meaning: 'length of the step, as a fraction of the distance from the mean',
  },
  needsShots: false,
  classDensity: false,
  augment(points, request) {
    const strength = strengthOf(rotations, request);
    const { features } = points;
    const { random } = request;
    const { mean, scale } = fitStandardizer(points);
    const pairs: [number, number][] = [];
    for (let a = 0; a < features; a++) for (let b = a + 1; b < features; b++) pairs.push([a, b]);
    const angleDeviation = strength / Math.sqrt(Math.max(1, features - 1));
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, random);
      return (out) => {
        const row = next();
        for (let j = 0; j < features; j++) out[j] = (points.x[row * features + j] - mean[j]) / scale[j];
        for (const [a, b] of random.shuffle(pairs)) {
          const angle = angleDeviation * random.normal();
          const [u, v] = [out[a], out[b]];
          out[a] = Math.cos(angle) * u - Math.sin(angle) * v;
          out[b] = Math.sin(angle) * u + Math.cos(angle) * v;
        }
        for (let j = 0; j < features; j++) out[j] = out[j] * scale[j] + mean[j];
        return row;
      };
    });
  },
};
