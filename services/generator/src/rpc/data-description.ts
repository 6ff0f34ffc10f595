import type { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { DataShape } from '../domain/training-data.ts';

/**
 * What the columns of the points are. A list that the description leaves empty follows from the points; expectations of Pauli
 * operators without bounds lie in [−1, 1].
 */
export function dataShape(description: DataDescription | undefined, { features, classes }: Points): DataShape {
  const pauli = description?.pauliExpectations ?? false;
  const bounds = (given: readonly number[] | undefined, physical: number): readonly number[] => {
    if (given !== undefined && given.length > 0) return given;
    return pauli ? new Array<number>(features).fill(physical) : [];
  };
  return {
    features: description?.featureNames.length || features,
    classes: description?.classNames.length || classes,
    lower: bounds(description?.lowerBounds, -1),
    upper: bounds(description?.upperBounds, 1),
    shots: description?.shots ?? 0,
  };
}
