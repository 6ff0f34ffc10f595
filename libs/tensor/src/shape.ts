import { TensorError } from './tensor-error.ts';

/** Extent of each axis; empty for a scalar. */
export type Shape = readonly number[];

/** Required extent of each axis; null: any extent. */
export type ShapePattern = readonly (number | null)[];

/** Product of the extents; 1 for a scalar, 0 where an axis is empty. Throws TensorError for a malformed shape. */
export function elementCount(shape: Shape, field = ''): number {
  let count = 1;
  for (const extent of shape) {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new TensorError(field, `shape ${formatShape(shape)} has an extent that is no integer of at least 0`);
    }
    count *= extent;
  }
  if (!Number.isSafeInteger(count)) throw new TensorError(field, `shape ${formatShape(shape)} is too large`);
  return count;
}

/** `[64, 16]`; `[any, 16]` for a pattern. */
export function formatShape(shape: ShapePattern): string {
  return `[${shape.map((extent) => extent ?? 'any').join(', ')}]`;
}

/** Whether `shape` matches `pattern`. */
export function matchesShape(shape: Shape, pattern: ShapePattern): boolean {
  return shape.length === pattern.length && pattern.every((extent, axis) => extent === null || extent === shape[axis]);
}
