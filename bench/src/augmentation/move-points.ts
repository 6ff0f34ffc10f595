import { quantizeToShots } from '@qloom/datasets/preprocessing/dequantize.ts';
import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Task } from '@qloom/datasets/tasks/task.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type GatedPrior, passing } from './gated-prior.ts';
import { type UtilityModel, utilityOf } from './utility.ts';

/** Largest component of a step, in steps of typical size. */
const LARGEST = 2;

/**
 * Moves points along the gradient of their utility: `steps` steps, each `size` standard deviations of a feature where the
 * gradient has its root mean square. Values stay within their range, on the grid of the shots where there are shots, and a
 * point that the teacher no longer passes stays where it was.
 */
export async function movePoints(
  { descriptor }: Task,
  { real, models, gate, points }: MovedPoints,
  { size, steps }: { readonly size: number; readonly steps: number },
): Promise<Points> {
  const { features } = points;
  const { scale } = fitStandardizer(real);
  const shots = descriptor.expectations?.shots ?? 0;
  let x: Float32Array = points.x;
  for (let step = 0; step < steps; step++) {
    const { gradient } = await utilityOf(models, { ...points, x });
    // In standardized features, as the steps are.
    const slopes = gradient.map((value, i) => value * scale[i % features]);
    const typical = Math.sqrt(slopes.reduce((sum, value) => sum + value ** 2 / slopes.length, 0)) || 1;
    x = x.map((value, i) => {
      const { low, high } = descriptor.physical[i % features];
      const along = Math.max(-LARGEST, Math.min(LARGEST, slopes[i] / typical));
      const moved = value + size * scale[i % features] * along;
      return Math.min(high ?? Number.POSITIVE_INFINITY, Math.max(low ?? Number.NEGATIVE_INFINITY, moved));
    });
  }
  const moved = shots > 0 ? quantizeToShots({ ...points, x }, shots) : { ...points, x };
  const passed = new Set(passing(gate.teacher, moved));
  return { ...moved, x: moved.x.map((value, i) => (passed.has(Math.floor(i / features)) ? value : points.x[i])) };
}

/** The points to move, the labels that they were made from, and what was fitted to those. */
export interface MovedPoints {
  readonly real: Points;
  readonly models: readonly UtilityModel[];
  readonly gate: GatedPrior;
  readonly points: Points;
}
