import type { Points } from '@qloom/study/points/points.ts';
import { MetricError } from '../metric-error.ts';

/** How far the proportions of a synthetic sample are from the real one's: 0 is equal, each part is at most 1. */
export interface Imbalance {
  /** ½Σ_c|p_s(c) − p_r(c)| over classes. */
  readonly classes: number;
  /** Total variation per feature over 10 bins at real quantiles (a constant feature's value, and others), shape [features]. */
  readonly perFeature: readonly number[];
  /** Their mean. */
  readonly features: number;
  /** ½Σ_g|p_s(g) − p_r(g)| over groups; null where either sample has none. */
  readonly groups: number | null;
  /** u_imb = −classes − features: 0 is best, −2 worst. */
  readonly score: number;
}

const BINS = 10;

/** ½Σ|p − q| of two tables of counts. */
function totalVariation(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
  na: number,
  nb: number,
): number {
  let sum = 0;
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    sum += Math.abs((a.get(key) ?? 0) / na - (b.get(key) ?? 0) / nb);
  }
  return sum / 2;
}

function tally(values: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/**
 * The inner edges of ten bins that hold equal shares of `sorted`. Each lies midway to the next greater value, so that
 * features with few distinct values (expectations from shots) are not split at a value itself; ties leave fewer bins. A
 * feature that does not vary has three: below its value, at it, and above. Values count as at it within a thousandth of it
 * (or 1e-6 of 0), as rounding in a network would leave them.
 */
function quantileEdges(sorted: Float32Array): number[] {
  const [least] = sorted;
  if (least === sorted[sorted.length - 1]) {
    const near = 1e-3 * Math.abs(least) || 1e-6;
    return [least - near, least + near];
  }
  const edges: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const value = sorted[Math.ceil((bin * sorted.length) / BINS) - 1];
    const next = sorted.find((candidate) => candidate > value);
    if (next === undefined) break;
    const edge = (value + next) / 2;
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

/** Bin of a value: the number of edges below it. */
function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  while (bin < edges.length && value > edges[bin]) bin++;
  return bin;
}

/**
 * Differences in the shares of classes, of groups and of each feature's values. Their size under no difference depends
 * on both sample sizes: compare with a null of equal n. Throws MetricError when a sample is empty or features differ.
 */
export function imbalance(real: Points, synthetic: Points): Imbalance {
  if (real.count === 0 || synthetic.count === 0) {
    throw new MetricError(
      'count',
      `imbalance: ${real.count} real and ${synthetic.count} synthetic points; give some of each`,
    );
  }
  if (real.features !== synthetic.features) {
    throw new MetricError('features', `imbalance: ${real.features} real and ${synthetic.features} synthetic features`);
  }
  const [nr, ns] = [real.count, synthetic.count];
  const classes = totalVariation(tally(real.y), tally(synthetic.y), nr, ns);
  const perFeature = Array.from({ length: real.features }, (_, j) => {
    const column = (points: Points) =>
      Float32Array.from({ length: points.count }, (_, i) => points.x[i * points.features + j]);
    const edges = quantileEdges(column(real).sort());
    const bins = (points: Points) => tally(Array.from(column(points), (value) => binOf(edges, value)));
    return totalVariation(bins(real), bins(synthetic), nr, ns);
  });
  const features = perFeature.reduce((a, b) => a + b, 0) / perFeature.length;
  const groups =
    real.group && synthetic.group ? totalVariation(tally(real.group), tally(synthetic.group), nr, ns) : null;
  return { classes, perFeature, features, groups, score: -classes - features };
}
