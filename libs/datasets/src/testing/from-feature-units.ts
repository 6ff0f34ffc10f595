import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import { type FeatureUnits, fromUnit, unitAt } from '../preprocessing/feature-units.ts';

/** Points in the units of their source. The inverse of `toFeatureUnits`, but for what float32 rounded. */
export function fromFeatureUnits(points: Points, units: FeatureUnits): SourcePoints {
  return {
    ...points,
    x: Float64Array.from(points.x, (value, i) => fromUnit(value, unitAt(units, i % points.features))),
  };
}
