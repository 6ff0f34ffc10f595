import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { Matrix } from '../matrix.ts';

/** Fewest rows with two neighbours from which a dimension is estimated. */
const FEWEST_ROWS = 3;

/**
 * The dimension of the set on which rows lie, at the scale of their spacing: with r₁ < r₂ the distances of a row to its two
 * nearest rows, r₂/r₁ has the density d·μ^(−d−1) on μ ≥ 1 where the density of the rows hardly changes within r₂ (Facco et al.,
 * "Estimating the intrinsic dimension of datasets by a minimal neighborhood information", 2017). The estimate of least bias from
 * m rows is
 *
 *     d = (m − 1)/Σ ln(r₂/r₁),
 *
 * the maximum of the likelihood times (m − 1)/m (Denti et al., "The generalized ratios intrinsic dimension estimator", 2022).
 * It needs no density and no unit of length. A row whose nearest row is a copy of it has no ratio and does not count. Null with fewer
 * than three rows that count, and where all ratios are 1, as on a grid.
 */
export function intrinsicDimension(sample: Matrix): number | null {
  const { features, values } = sample;
  const search = createNeighbourSearch(sample);
  let rows = 0;
  let logarithms = 0;
  for (let i = 0; i < sample.count; i++) {
    const { squares } = search.nearest(values.subarray(i * features, (i + 1) * features), 2, i);
    if (squares.length < 2 || squares[0] === 0) continue;
    rows++;
    logarithms += 0.5 * Math.log(squares[1] / squares[0]);
  }
  return rows < FEWEST_ROWS || logarithms === 0 ? null : (rows - 1) / logarithms;
}
