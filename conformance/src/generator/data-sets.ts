import type { Points } from '@qloom/study/points/points.ts';
import { columns, relabelled } from '../shared/changed-points.ts';
import { CLASSES, smallPoints } from '../shared/small-points.ts';

/** Training points that a generator gets, and whether what it samples must lie near them. */
export interface DataSetRow {
  readonly what: string;
  readonly points: Points;
  /** Points of each class to sample; default: three of each class that has a training point. */
  readonly counts?: readonly number[];
}

const CLOUDS = smallPoints(36);

/** Data sets that every generator fits: each is valid as tensor.proto has it, and occurs in studies. */
export const DATA_SETS: readonly DataSetRow[] = [
  { what: 'of a single class', points: { ...CLOUDS, classes: 1, y: new Int32Array(CLOUDS.count) } },
  {
    what: 'of which one class has a single point',
    points: relabelled(CLOUDS, (label, i) => (label === 1 && i > 3 ? 2 : label)),
  },
  { what: 'of which one class has no point', points: relabelled(CLOUDS, (label) => (label === 1 ? 2 : label)) },
  { what: 'of which the last class has no point', points: relabelled(CLOUDS, (label) => Math.min(label, 1)) },
  { what: 'with a constant feature', points: columns(CLOUDS, (value, j) => (j === 1 ? 2.5 : value)) },
  { what: 'that are all the same', points: columns(CLOUDS, (_, j) => j + 1) },
  { what: 'with groups', points: { ...CLOUDS, group: Int32Array.from(CLOUDS.y.keys(), (i) => i % 4) } },
  { what: 'with values of a million', points: columns(CLOUDS, (value, j) => (j === 0 ? 1e6 + 1e4 * value : value)) },
  { what: 'with values of a billionth', points: columns(CLOUDS, (value, j) => (j === 0 ? 1e-9 * value : value)) },
  { what: 'of a single feature', points: narrow(CLOUDS) },
  { what: 'of two points a class', points: smallPoints(2 * CLASSES) },
];

/** Three clouds whose columns lie apart from each other, and whose classes are a few widths apart. */
export const APART: Points = columns(smallPoints(60), (value, j, label) => {
  return [-4, 15, 300][j] + [1, 1, 20][j] * (0.15 * value + [0, 1.5, -1.5][label] * [1, -1, 0.5][j]);
});

function narrow({ count, features, classes, x, y }: Points): Points {
  return { count, features: 1, classes, y, x: Float32Array.from({ length: count }, (_, row) => x[row * features]) };
}
