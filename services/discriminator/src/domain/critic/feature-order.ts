import type { Points } from '@qloom/study/points/points.ts';

/** Pearson correlations of standardized columns: [features, features], row-major. */
function correlations({ count, features, x }: Points): Float64Array {
  const mean = new Float64Array(features);
  for (let i = 0; i < x.length; i++) mean[i % features] += x[i] / count;
  const covariance = new Float64Array(features * features);
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < features; i++) {
      const a = x[r * features + i] - mean[i];
      for (let j = 0; j < features; j++) covariance[i * features + j] += a * (x[r * features + j] - mean[j]);
    }
  }
  return covariance.map((value, at) => {
    const i = Math.floor(at / features);
    const j = at % features;
    const scale = Math.sqrt(covariance[i * features + i] * covariance[j * features + j]);
    return scale > 0 ? value / scale : 0;
  });
}

/**
 * An order of the features in which correlated ones are neighbours, so that a convolution over features has local
 * structure: starts at the most correlated pair and extends the chain greedily at the end that has the more correlated
 * neighbour. Element i of the result is the column at position i. The order depends only on the training points; ties
 * are resolved in favour of the lower column.
 */
export function correlationOrder(training: Points): Int32Array {
  const { features } = training;
  const strength = correlations(training).map(Math.abs);
  let chain = [0];
  let strongest = -1;
  for (let i = 0; i < features; i++) {
    for (let j = i + 1; j < features; j++) {
      if (strength[i * features + j] <= strongest) continue;
      strongest = strength[i * features + j];
      chain = [i, j];
    }
  }
  const left = new Set(Array.from({ length: features }, (_, i) => i).filter((i) => !chain.includes(i)));
  while (left.size > 0) {
    const first = chain[0];
    const end = chain[chain.length - 1];
    let best = { column: -1, strength: -1, atEnd: true };
    for (const column of left) {
      const toEnd = strength[end * features + column];
      const toFirst = strength[first * features + column];
      if (toEnd > best.strength) best = { column, strength: toEnd, atEnd: true };
      if (toFirst > best.strength) best = { column, strength: toFirst, atEnd: false };
    }
    left.delete(best.column);
    if (best.atEnd) chain.push(best.column);
    else chain.unshift(best.column);
  }
  return Int32Array.from(chain);
}
