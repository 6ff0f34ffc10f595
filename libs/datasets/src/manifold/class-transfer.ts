import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import { takeInTurn } from '../augmentations/synthesize.ts';
import { fitStandardizer } from '../preprocessing/standardizer.ts';
import type { FeatureRange } from '../tasks/task.ts';
import { classOffset } from './class-offset.ts';

/** Makes points of one class from those of the others. */
export interface ClassTransfer {
  /**
   * `count` points of class `label`: rows of the other classes in turn, each moved by the offset between its class and this
   * one, in the units of the data. Throws DatasetError where no other class, or not this one, has a row.
   */
  draw(label: number, count: number, random: Random): Points;
}

/**
 * Fits the offsets between all classes that have rows, in standardized features (`classOffset`). It presumes that classes are
 * copies of one shape at different places; a moved point then is as good as a measured one, and the pair shows where
 * the classes differ and where they do not. Values are limited to `physical`.
 */
export function fitClassTransfer(points: Points, physical?: readonly FeatureRange[]): ClassTransfer {
  const { features, classes, x } = points;
  const { scale } = fitStandardizer(points);
  const byClass = rowsByClass(points);
  const standard = byClass.map((rows) => ({
    count: rows.length,
    features,
    values: Float64Array.from({ length: rows.length * features }, (_, i) => {
      const j = i % features;
      return x[rows[Math.floor(i / features)] * features + j] / scale[j];
    }),
  }));
  return {
    draw(label, count, random) {
      const sources = byClass.flatMap((rows, from) => (from === label ? [] : rows));
      if (count > 0 && (sources.length === 0 || byClass[label].length === 0)) {
        throw new DatasetError(
          'counts',
          `counts: ${count} points of class ${label} need rows of it and of another class`,
        );
      }
      const offsets = standard.map((rows, from) =>
        from === label || rows.count === 0 ? undefined : classOffset(rows, standard[label]).offset,
      );
      const out = new Float32Array(count * features);
      const next = takeInTurn(sources, random);
      for (let i = 0; i < count; i++) {
        const row = next();
        const offset = offsets[points.y[row]] as Float64Array;
        for (let j = 0; j < features; j++) {
          const { low, high } = physical?.[j] ?? { low: null, high: null };
          const value = x[row * features + j] + scale[j] * offset[j];
          out[i * features + j] = Math.min(
            high ?? Number.POSITIVE_INFINITY,
            Math.max(low ?? Number.NEGATIVE_INFINITY, value),
          );
        }
      }
      return { count, features, classes, x: out, y: new Int32Array(count).fill(label) };
    },
  };
}
