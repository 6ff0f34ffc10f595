import type { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { descriptionViolations } from '@qloom/study-rpc/codec/data-description.ts';

/**
 * Throws ValidationError, with every reason, if nothing can be learned from `points`: fewer than two classes, fewer
 * points than twice the classes, a class without points, a feature that never changes, names that do not fit. (Values
 * that are not finite are refused when the points are decoded.)
 */
export function requireUsable(points: Points | SourcePoints, description: DataDescription, field = 'points'): void {
  const wrong: FieldViolation[] = [];
  const { featureNames, classNames } = description;
  const counts = classCounts(points);
  const present = counts.filter((count) => count > 0).length;
  if (present < 2) {
    wrong.push({ field: `${field}.y`, description: `only ${present} class has points; a classifier needs at least 2` });
  } else if (points.count < 2 * points.classes) {
    const right = `right would be at least 2 a class, ${2 * points.classes}`;
    wrong.push({ field, description: `${points.count} points for ${points.classes} classes; ${right}` });
  }
  counts.forEach((count, label) => {
    if (count === 0 && present >= 2) {
      wrong.push({ field: `${field}.y`, description: `class ${classNames[label] ?? label} has no point` });
    }
  });
  for (let j = 0; j < points.features; j++) {
    if (points.count > 1 && isConstant(points, j)) {
      const name = featureNames[j] ?? String(j);
      const description_ = `feature ${name} is ${points.x[j]} in every row; leave the column out`;
      wrong.push({ field: `${field}.x[${j}]`, description: description_ });
    }
  }
  wrong.push(...descriptionViolations(description, points, 'description'));
  if (wrong.length > 0) throw new ValidationError(wrong);
}

function isConstant({ x, features, count }: Points | SourcePoints, column: number): boolean {
  for (let row = 1; row < count; row++) if (x[row * features + column] !== x[column]) return false;
  return true;
}
