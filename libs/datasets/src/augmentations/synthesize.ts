import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import type { Augmentation, AugmentationRequest } from './augmentation.ts';

/** Writes one synthetic point to `out` (float64, shape [features]) and returns the row whose group it inherits. */
export type PointSampler = (out: Float64Array) => number;

/** Strength of a request, or the method's default. Throws DatasetError outside the method's range. */
export function strengthOf(method: Pick<Augmentation, 'name' | 'strength'>, request: AugmentationRequest): number {
  const range = method.strength;
  if (!range) return 0;
  const strength = request.strength ?? range.default;
  if (!(strength >= range.low && strength <= range.high)) {
    throw new DatasetError(
      'strength',
      `strength: ${strength} is outside ${range.low} … ${range.high} of '${method.name}'`,
    );
  }
  return strength;
}

/**
 * The common part of all methods: checks the request, calls `samplerOf` for a sampler per class that has points to
 * make, runs it, keeps the values within the physical limits.
 */
export function synthesize(
  points: Points,
  request: AugmentationRequest,
  samplerOf: (rows: readonly number[], label: number) => PointSampler,
): Points {
  const { features, classes } = points;
  const { counts, physical } = request;
  if (counts.length !== classes || counts.some((n) => !Number.isInteger(n) || n < 0)) {
    throw new DatasetError('counts', `counts: [${counts.join(', ')}] must be ${classes} whole numbers of at least 0`);
  }
  if (physical && physical.length !== features) {
    throw new DatasetError('physical', `physical: ${physical.length} ranges for ${features} features; give one each`);
  }
  const count = counts.reduce((a, b) => a + b, 0);
  const x = new Float32Array(count * features);
  const y = new Int32Array(count);
  const group = points.group ? new Int32Array(count) : undefined;
  const out = new Float64Array(features);
  let at = 0;
  rowsByClass(points).forEach((rows, label) => {
    if (counts[label] === 0) return;
    if (rows.length === 0) {
      throw new DatasetError(
        'counts',
        `counts: ${counts[label]} points of class ${label} are wanted, but it has no row`,
      );
    }
    const sample = samplerOf(rows, label);
    for (let i = 0; i < counts[label]; i++, at++) {
      const row = sample(out);
      for (let j = 0; j < features; j++) {
        const { low, high } = physical?.[j] ?? { low: null, high: null };
        x[at * features + j] = Math.min(
          high ?? Number.POSITIVE_INFINITY,
          Math.max(low ?? Number.NEGATIVE_INFINITY, out[j]),
        );
      }
      y[at] = label;
      if (group && points.group) group[at] = points.group[row];
    }
  });
  return { count, features, classes, x, y, ...(group ? { group } : {}) };
}

/** Rows in turn, shuffled anew for every round, so that all are used equally often. */
export function takeInTurn(rows: readonly number[], random: AugmentationRequest['random']): () => number {
  let order: number[] = [];
  return () => {
    if (order.length === 0) order = random.shuffle([...rows]);
    return order.pop() as number;
  };
}
