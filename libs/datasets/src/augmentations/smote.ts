import { fitStandardizer } from '../preprocessing/standardizer.ts';
import type { Augmentation } from './augmentation.ts';
import { strengthOf, synthesize, takeInTurn } from './synthesize.ts';

/** Neighbours that a point may move towards (Chawla et al., 2002, use five). */
const NEIGHBOURS = 5;

/**
 * x + u·(neighbour − x), u uniform in [0, strength], the neighbour one of the five nearest of the same class (SMOTE,
 * Chawla et al., 2002), nearest in standardized features. A class with one row is copied.
 */
export const smote: Augmentation = {
  name: 'smote',
  title: 'SMOTE',
  strength: { low: 0.1, high: 1, default: 1, meaning: 'greatest fraction of the way to the neighbour' },
  needsShots: false,
  augment(points, request) {
    const strength = strengthOf(smote, request);
    const { features, x } = points;
    const { random } = request;
    const { scale } = fitStandardizer(points);
    const distance = (a: number, b: number) => {
      let sum = 0;
      for (let j = 0; j < features; j++) sum += ((x[a * features + j] - x[b * features + j]) / scale[j]) ** 2;
      return sum;
    };
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, random);
      const known = new Map<number, number[]>();
      const neighboursOf = (row: number) => {
        const nearest = rows
          .filter((other) => other !== row)
          .map((other) => ({ other, at: distance(row, other) }))
          .sort((a, b) => a.at - b.at || a.other - b.other)
          .slice(0, NEIGHBOURS)
          .map(({ other }) => other);
        known.set(row, nearest);
        return nearest;
      };
      return (out) => {
        const row = next();
        const neighbours = known.get(row) ?? neighboursOf(row);
        const to = neighbours.length > 0 ? neighbours[random.integer(neighbours.length)] : row;
        const way = strength * random.uniform();
        for (let j = 0; j < features; j++) {
          out[j] = x[row * features + j] + way * (x[to * features + j] - x[row * features + j]);
        }
        return row;
      };
    });
  },
};
