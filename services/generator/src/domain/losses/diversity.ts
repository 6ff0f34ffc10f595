import { type Matrix, squaredDistance } from './matrix.ts';

/** Floor of distances, so that two equal points do not make the entropy −∞. Standardized units. */
const DISTANCE_FLOOR = 1e-3;

/** Index of each row's nearest other row and the Euclidean distance to it, not floored. */
function nearestNeighbours(points: Matrix): { index: Int32Array; distance: Float64Array } {
  const { rows } = points;
  const index = new Int32Array(rows).fill(-1);
  const square = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const sum = squaredDistance(points, i, points, j);
      if (sum < square[i]) {
        square[i] = sum;
        index[i] = j;
      }
      if (sum < square[j]) {
        square[j] = sum;
        index[j] = i;
      }
    }
  }
  return { index, distance: square.map(Math.sqrt) };
}

/**
 * The part of the Kozachenko-Leonenko entropy with k = 1 that depends on the points: Ĥ = (F/n) Σ_i log max(ρ_i, 1e-3), ρ_i the
 * distance to the nearest other point ("Sample Estimate of the Entropy of a Random Vector", 1987). The constants cancel
 * between samples of equal n and F. In nats; 0 for fewer than two points.
 */
export function nearestNeighbourEntropy(points: Matrix): number {
  if (points.rows < 2) return 0;
  const { distance } = nearestNeighbours(points);
  let sum = 0;
  for (const rho of distance) sum += Math.log(Math.max(rho, DISTANCE_FLOOR));
  return (points.columns * sum) / points.rows;
}

/**
 * relu(Ĥ_real − Ĥ_made): the entropy that synthetic points lack, for equal n; 0 if they have more than the real ones.
 * Adds `weight` times the gradient with respect to `made`; if neighbours tie, through the first.
 */
export function diversityLoss(realEntropy: number, made: Matrix, weight: number, gradient: Matrix): number {
  const { rows, columns, data } = made;
  if (rows < 2) return 0;
  const { index, distance } = nearestNeighbours(made);
  let sum = 0;
  for (const rho of distance) sum += Math.log(Math.max(rho, DISTANCE_FLOOR));
  const gap = realEntropy - (columns * sum) / rows;
  if (!(gap > 0)) return Number.isNaN(gap) ? gap : 0;
  for (let i = 0; i < rows; i++) {
    if (distance[i] <= DISTANCE_FLOOR) continue;
    const j = index[i];
    const scale = (-weight * columns) / (rows * distance[i] * distance[i]);
    for (let k = 0; k < columns; k++) {
      const push = scale * (data[i * columns + k] - data[j * columns + k]);
      gradient.data[i * columns + k] += push;
      gradient.data[j * columns + k] -= push;
    }
  }
  return gap;
}
