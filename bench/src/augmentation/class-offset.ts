import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';

/** Rounds of matching and estimation, and the share of matches that are used: those with the smallest residuals. */
const [ROUNDS, TRIM] = [20, 0.7];

/**
 * The translation δ from the manifold of class 0 to that of class 1, where both have one shape: iterative closest points. Each
 * point of class 1, moved by −δ, is compared with the line through its two nearest points of class 0: what is left
 * orthogonally to the line is δ's error there, and δ solves the least squares (Σ P⊥)·Δδ = Σ r over the best matches.
 */
export function classOffset(points: Points): Float64Array {
  const { features } = points;
  const [base, other] = [0, 1].map((label) =>
    selectRows(
      points,
      [...points.y.keys()].filter((row) => points.y[row] === label),
    ),
  );
  const offset = new Float64Array(features);
  if (base.count < 3 || other.count < 3) return offset;
  const search = createNeighbourSearch({ count: base.count, features, values: base.x });
  for (let round = 0; round < ROUNDS; round++) {
    const matches = Array.from({ length: other.count }, (_, row) => {
      const moved = Float64Array.from(offset, (value, j) => other.x[row * features + j] - value);
      const [a, b] = search.nearest(moved, 2).rows;
      const along = Float64Array.from(offset, (_, j) => base.x[b * features + j] - base.x[a * features + j]);
      const length = Math.hypot(...along) || 1;
      const direction = along.map((value) => value / length);
      const from = moved.map((value, j) => value - base.x[a * features + j]);
      const inside = direction.reduce((sum, value, j) => sum + value * from[j], 0);
      const residual = from.map((value, j) => value - inside * direction[j]);
      return { direction, residual, size: Math.hypot(...residual) };
    });
    matches.sort((one, two) => one.size - two.size);
    const step = leastSquares(matches.slice(0, Math.max(2, Math.round(TRIM * matches.length))), features);
    for (let j = 0; j < features; j++) offset[j] += step[j];
  }
  return offset;
}

/** Solves (Σ (I − ddᵀ))·Δ = Σ r by Gaussian elimination; the sum is positive definite for directions that differ. */
function leastSquares(
  matches: readonly { readonly direction: Float64Array; readonly residual: Float64Array }[],
  size: number,
): Float64Array {
  const rows = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size + 1 }, (_, j) =>
      matches.reduce(
        (sum, { direction, residual }) => {
          if (j === size) return sum + residual[i];
          return sum + (i === j ? 1 : 0) - direction[i] * direction[j];
        },
        i === j ? 1e-9 : 0,
      ),
    ),
  );
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      if (k === i) continue;
      const factor = rows[k][i] / rows[i][i];
      for (let j = i; j <= size; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return Float64Array.from(rows, (row, i) => row[size] / row[i]);
}
