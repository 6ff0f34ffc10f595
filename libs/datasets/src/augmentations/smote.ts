import type { Points } from '@qloom/study/points/points.ts';
import { createNeighbourSearch } from '../neighbours/neighbour-search.ts';
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
  classDensity: false,
  augment(points, request) {
    const strength = strengthOf(smote, request);
    const { features, x } = points;
    const { random } = request;
    const { scale } = fitStandardizer(points);
    return synthesize(points, request, (rows) => {
      const next = takeInTurn(rows, random);
      const neighboursOf = neighboursWithin(rows, points, scale);
      return (out) => {
        const row = next();
        const neighbours = neighboursOf(row);
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

/** The five nearest other rows of each of `rows`, by row number; each is searched for once. */
function neighboursWithin(rows: readonly number[], { x, features }: Points, scale: readonly number[]) {
  const values = new Float64Array(rows.length * features);
  const place = new Map<number, number>();
  rows.forEach((row, i) => {
    place.set(row, i);
    for (let j = 0; j < features; j++) values[i * features + j] = x[row * features + j] / scale[j];
  });
  const search = createNeighbourSearch({ count: rows.length, features, values });
  const known = new Map<number, readonly number[]>();
  return (row: number): readonly number[] => {
    const before = known.get(row);
    if (before) return before;
    const at = place.get(row) as number;
    const point = values.subarray(at * features, (at + 1) * features);
    const nearest = Array.from(search.nearest(point, NEIGHBOURS, at).rows, (i) => rows[i]);
    known.set(row, nearest);
    return nearest;
  };
}
