import { annni, type Cell, hiddenManifold, twoCurves } from '../augmentation/cells.ts';

const WORLDS = [1, 2, 3, 4, 5];

/** Tasks on which points of the prior help, on which they hurt, and on which nothing changes. */
export const CELLS: readonly Cell[] = [
  ...[20, 40].flatMap((labels) => WORLDS.map((world) => hiddenManifold(world, labels))),
  ...[80, 320].map((labels) => hiddenManifold(1, labels)),
  ...[18, 40, 72, 200].map(annni),
  ...WORLDS.map((world) => twoCurves(world, 40)),
  ...[18, 80, 320].map((labels) => twoCurves(1, labels)),
];
