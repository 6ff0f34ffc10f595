import { DataDescription as DataDescriptionMessage } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import type { DataDescription } from '@qloom/study/points/data-description.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** Size of the points that a description belongs to. */
type Size = Pick<Points, 'features' | 'classes'>;

/** Lists of a description whose length does not fit the points. `field` names the description in messages. */
export function descriptionViolations(
  description: DataDescriptionMessage,
  size: Size,
  field: string,
): FieldViolation[] {
  return LISTS.flatMap(([list, name, what, each]) => {
    const { length } = description[list];
    if (length === 0 || length === size[each]) return [];
    return [{ field: `${field}.${name}`, description: `has ${length} ${what} for ${size[each]} ${each}` }];
  });
}

/**
 * Decodes the description of points; all lists are empty if the message is absent. Expectations of Pauli operators
 * without bounds get [−1, 1]. Throws ValidationError naming every list whose length does not fit the points.
 */
export function decodeDataDescription(
  message: DataDescriptionMessage | undefined,
  size: Size,
  field: string,
): DataDescription {
  const description = message ?? DataDescriptionMessage.create();
  const violations = descriptionViolations(description, size, field);
  if (violations.length > 0) throw new ValidationError(violations);
  const { featureNames, lowerBounds, upperBounds, shots, pauliExpectations } = description;
  const boundsOr = (given: readonly number[], physical: number): readonly number[] =>
    given.length === 0 && pauliExpectations ? new Array<number>(size.features).fill(physical) : given;
  return {
    featureNames,
    lower: boundsOr(lowerBounds, -1),
    upper: boundsOr(upperBounds, 1),
    shots,
    pauliExpectations,
  };
}

const LISTS = [
  ['featureNames', 'feature_names', 'names', 'features'],
  ['classNames', 'class_names', 'names', 'classes'],
  ['lowerBounds', 'lower_bounds', 'entries', 'features'],
  ['upperBounds', 'upper_bounds', 'entries', 'features'],
  ['featureOffsets', 'feature_offsets', 'entries', 'features'],
  ['featureScales', 'feature_scales', 'entries', 'features'],
] as const;
