import { createNeighbourSearch, type NeighbourSearch } from '../neighbours/neighbour-search.ts';

/** Rounds of matching and estimation, and the share of matches used: those with the smallest residuals. */
const [ROUNDS, TRIM] = [20, 0.7];
/** Fewest rows of a class through which lines are laid. */
const FEWEST_ROWS = 3;

/** A translation from one class to another. */
export interface ClassOffset {
  /** δ, shape [features]. */
  readonly offset: Float64Array;
  /** Root mean square distance, over the matches used, of moved rows from the lines of the other class. */
  readonly residual: number;
}

/** Rows of a class in float64, shape [count, features]. */
interface Rows {
  readonly count: number;
  readonly features: number;
  readonly values: Float64Array;
}

/**
 * The translation δ of the manifold of one class onto that of another, where both have one shape: iterative closest points
 * with point-to-line distances (Chen and Medioni, "Object modelling by registration of multiple range images", 1992). A row
 * moved by δ, or by −δ in the other direction, is compared with the line through its two nearest rows of the other class. The
 * residual r orthogonal to a line with direction d is δ's error there, and δ changes by the solution of Σ(I − ddᵀ)·Δδ = Σr
 * over the 70% of matches with the smallest residuals. Of the starts 0 and the difference of the means the one with the smaller final
 * residual counts. With fewer than three rows in a class δ is the difference of the means.
 */
export function classOffset(from: Rows, to: Rows): ClassOffset {
  const apart = difference(meanOf(to), meanOf(from));
  if (from.count < FEWEST_ROWS || to.count < FEWEST_ROWS) return { offset: apart, residual: Number.POSITIVE_INFINITY };
  const sides: readonly Side[] = [
    { moved: from, sign: 1, still: to, search: createNeighbourSearch(to) },
    { moved: to, sign: -1, still: from, search: createNeighbourSearch(from) },
  ];
  const [one, other] = [new Float64Array(from.features), apart].map((start) => register(sides, start));
  return one.residual <= other.residual ? one : other;
}

interface Side {
  readonly moved: Rows;
  readonly sign: number;
  readonly still: Rows;
  readonly search: NeighbourSearch;
}

interface Match {
  readonly direction: Float64Array;
  readonly residual: Float64Array;
  readonly square: number;
}

function register(sides: readonly Side[], start: Float64Array): ClassOffset {
  const offset = start.slice();
  for (let round = 0; round < ROUNDS; round++) {
    const step = leastSquares(bestMatches(sides, offset), offset.length);
    for (let j = 0; j < offset.length; j++) offset[j] += step[j];
  }
  const left = bestMatches(sides, offset);
  return { offset, residual: Math.sqrt(left.reduce((sum, { square }) => sum + square / left.length, 0)) };
}

function bestMatches(sides: readonly Side[], offset: Float64Array): Match[] {
  const matches = sides.flatMap((side) =>
    Array.from({ length: side.moved.count }, (_, row) => match(side, row, offset)),
  );
  matches.sort((a, b) => a.square - b.square);
  return matches.slice(0, Math.ceil(TRIM * matches.length));
}

/** A row against the line through its two nearest rows of the other class; the residual is what δ lacks. */
function match({ moved, sign, still, search }: Side, row: number, offset: Float64Array): Match {
  const at = rowOf(moved, row).map((value, j) => value + sign * offset[j]);
  const [near, next] = search.nearest(at, 2).rows;
  const anchor = rowOf(still, near);
  const along = difference(rowOf(still, next), anchor);
  const length = Math.hypot(...along) || 1;
  const direction = along.map((value) => value / length);
  const away = difference(at, anchor);
  const inside = away.reduce((sum, value, j) => sum + value * direction[j], 0);
  const residual = away.map((value, j) => -sign * (value - inside * direction[j]));
  return { direction, residual, square: residual.reduce((sum, value) => sum + value * value, 0) };
}

/** Solves Σ(I − ddᵀ)·Δ = Σr by Gauss–Jordan elimination; a small ridge keeps a direction that no match shows at 0. */
function leastSquares(matches: readonly Match[], size: number): Float64Array {
  const ridge = 1e-9 * matches.length;
  const rows = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size + 1 }, (_unused, j) => {
      let sum = i === j ? matches.length + ridge : 0;
      for (const { direction, residual } of matches) sum += j === size ? residual[i] : -direction[i] * direction[j];
      return sum;
    }),
  );
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = k === i ? 0 : rows[k][i] / rows[i][i];
      for (let j = i; j <= size; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return Float64Array.from(rows, (row, i) => row[size] / row[i]);
}

const rowOf = ({ values, features }: Rows, row: number): Float64Array =>
  values.subarray(row * features, (row + 1) * features);

const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, j) => value - b[j]);

function meanOf({ count, features, values }: Rows): Float64Array {
  const mean = new Float64Array(features);
  values.forEach((value, i) => {
    mean[i % features] += value / count;
  });
  return mean;
}
