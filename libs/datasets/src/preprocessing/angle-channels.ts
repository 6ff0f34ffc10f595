import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';

function requireFlags(points: Points, channels: number): void {
  if (points.features !== channels) {
    throw new DatasetError(
      'angles',
      `angles: the points have ${points.features} columns where ${channels} are expected`,
    );
  }
}

/**
 * Replaces each feature j with `isAngle[j]`, an angle in radians, by two columns, cos and sin, in its place: which
 * makes 0 and 2π equal. Throws DatasetError when there is not one flag per feature.
 */
export function expandAngles(points: Points, isAngle: readonly boolean[]): Points {
  requireFlags(points, isAngle.length);
  const width = isAngle.length + isAngle.filter(Boolean).length;
  const x = new Float32Array(points.count * width);
  let to = 0;
  points.x.forEach((value, i) => {
    if (isAngle[i % isAngle.length]) {
      x[to++] = Math.cos(value);
      x[to++] = Math.sin(value);
    } else {
      x[to++] = value;
    }
  });
  return { ...points, features: width, x };
}

/** The inverse of {@link expandAngles}, for pairs of any length: angles in (−π, π]; the pair (0, 0) gives 0. */
export function collapseAngles(points: Points, isAngle: readonly boolean[]): Points {
  requireFlags(points, isAngle.length + isAngle.filter(Boolean).length);
  const x = new Float32Array(points.count * isAngle.length);
  let from = 0;
  for (let i = 0; i < x.length; i++) {
    if (isAngle[i % isAngle.length]) {
      x[i] = Math.atan2(points.x[from + 1], points.x[from]);
      from += 2;
    } else {
      x[i] = points.x[from++];
    }
  }
  return { ...points, features: isAngle.length, x };
}
