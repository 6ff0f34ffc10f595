import type { Random } from '@qloom/random/random.ts';

/** Positions on a closed curve through points. */
export interface ClosedCurve {
  /** A point, uniform in arc length over the segments that are no gaps. Shape [features]. */
  draw(random: Random): Float64Array;
}

/** Segments longer than this many medians are gaps, over which nothing is drawn. */
const GAP = 3;

/**
 * The closed curve through rows of `x`, shape [count, features], in the order of a short tour (greedy edges, then 2-opt):
 * a centripetal Catmull–Rom spline (Yuksel, Schaefer and Keyser, "Parameterization and applications of Catmull–Rom
 * curves", 2011), which overshoots least.
 */
export function closedCurve(x: Float64Array, features: number): ClosedCurve {
  const count = x.length / features;
  const at = (row: number) => x.subarray(row * features, (row + 1) * features);
  const distances = Float64Array.from({ length: count * count }, (_, i) => {
    const [a, b] = [at(Math.floor(i / count)), at(i % count)];
    return Math.hypot(...a.map((value, j) => value - b[j]));
  });
  const distance = (a: number, b: number) => distances[a * count + b];
  const tour = shortTour(count, distance);
  const lengths = tour.map((row, i) => distance(row, tour[(i + 1) % count]));
  const median = [...lengths].sort((a, b) => a - b)[count >> 1];
  const weights = lengths.map((length) => (length <= GAP * median ? length : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    draw(random) {
      let left = random.uniform() * total;
      let segment = 0;
      while (segment < count - 1 && left >= weights[segment]) left -= weights[segment++];
      const rows = [-1, 0, 1, 2].map((step) => at(tour[(segment + step + count) % count]));
      return catmullRom(rows, Math.min(1, left / (weights[segment] || 1)));
    },
  };
}

/** Barry and Goldman's pyramid of a Catmull–Rom segment, from the second point (u = 0) to the third (u = 1). */
function catmullRom(points: readonly Float64Array[], u: number): Float64Array {
  const knots = [0];
  for (let i = 1; i < 4; i++) {
    const chord = Math.hypot(...points[i].map((value, j) => value - points[i - 1][j]));
    knots.push(knots[i - 1] + Math.max(1e-9, Math.sqrt(chord)));
  }
  const t = knots[1] + u * (knots[2] - knots[1]);
  let level = [...points];
  for (let depth = 1; depth < 4; depth++) {
    level = level.slice(1).map((next, i) => {
      // The last level spans the segment itself: knots 1 and 2.
      const [from, to] = depth === 3 ? [knots[1], knots[2]] : [knots[i], knots[i + depth]];
      const share = (t - from) / (to - from);
      return next.map((value, j) => (1 - share) * level[i][j] + share * value);
    });
  }
  return level[0];
}

/** A short closed tour: shortest edges first where they close no circle early, then 2-opt until nothing improves. */
function shortTour(count: number, distance: (a: number, b: number) => number): number[] {
  const edges: { a: number; b: number; length: number }[] = [];
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) edges.push({ a, b, length: distance(a, b) });
  edges.sort((one, two) => one.length - two.length);
  const next = Array.from({ length: count }, (): number[] => []);
  const part = Array.from({ length: count }, (_, i) => i);
  for (const { a, b } of edges) {
    if (next[a].length > 1 || next[b].length > 1 || part[a] === part[b]) continue;
    next[a].push(b);
    next[b].push(a);
    const [gone, kept] = [part[b], part[a]];
    part.forEach((value, i) => {
      if (value === gone) part[i] = kept;
    });
  }
  const tour = [next.findIndex((neighbours) => neighbours.length < 2)];
  while (tour.length < count) {
    const last = tour[tour.length - 1];
    tour.push(next[last].find((row) => row !== tour[tour.length - 2]) as number);
  }
  for (let improved = true; improved; ) {
    improved = false;
    for (let i = 0; i < count - 1; i++) {
      for (let k = i + 2; k < count - (i === 0 ? 1 : 0); k++) {
        const [a, b, c, d] = [tour[i], tour[i + 1], tour[k], tour[(k + 1) % count]];
        if (distance(a, c) + distance(b, d) >= distance(a, b) + distance(c, d) - 1e-9) continue;
        const reversed = tour.slice(i + 1, k + 1).reverse();
        for (const [j, row] of reversed.entries()) tour[i + 1 + j] = row;
        improved = true;
      }
    }
  }
  return tour;
}
