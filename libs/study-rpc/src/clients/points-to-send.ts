import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '../codec/points.ts';

/** Points of a request: as arrays, or as messages that are forwarded as they arrive. */
export type PointsToSend = Points | Iterable<LabelledPoints> | AsyncIterable<LabelledPoints>;

/** Request parts of one kind for points; none if there are no points. */
export async function* pointParts<Case extends string>(
  $case: Case,
  points: PointsToSend | null | undefined,
): AsyncGenerator<{ part: { $case: Case; value: LabelledPoints } }> {
  if (points === null || points === undefined) return;
  for await (const value of 'x' in points ? encodePoints(points) : points) yield { part: { $case, value } };
}
