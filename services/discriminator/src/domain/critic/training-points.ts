import type { Points } from '@qloom/study/points/points.ts';
import { InvalidPointsError } from '../errors.ts';

/** Throws {@link InvalidPointsError} unless there is at least one training point and every number is finite. */
export function requireTraining({ count, features, classes, x, y }: Points): void {
  if (count < 1) throw new InvalidPointsError('training: no points; at least one is expected');
  if (features < 1 || classes < 1) {
    throw new InvalidPointsError(
      `training: ${features} features and ${classes} classes; at least one of each is expected`,
    );
  }
  if (x.length !== count * features || y.length !== count) {
    throw new InvalidPointsError(
      `training: ${x.length} numbers and ${y.length} classes for ${count} points of ${features} features`,
    );
  }
  for (const [i, value] of x.entries()) {
    if (!Number.isFinite(value)) {
      throw new InvalidPointsError(`training: point ${Math.floor(i / features)}, feature ${i % features} is ${value}`);
    }
  }
  for (const [i, label] of y.entries()) {
    if (!(label >= 0 && label < classes)) {
      throw new InvalidPointsError(`training: class ${label} of point ${i} is not in 0 … ${classes - 1}`);
    }
  }
}
