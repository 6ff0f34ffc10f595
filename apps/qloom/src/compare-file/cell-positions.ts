import type { FieldPath, Positions } from '../study-file/problem.ts';

/** Position of a cell in its compare file. */
interface CellPlace {
  /** Index of its entry in `cells`. */
  readonly entry: number;
  /** Index of its number in `labels`, and of its seed in `seeds`, where the entry has them. */
  readonly labels?: number;
  readonly seeds?: number;
}

/**
 * Lines of the fields of a cell's study: in the entry of the cell where it sets the field, else in `defaults`, else those of
 * the section around it.
 */
export function cellPositions(positions: Positions, place: CellPlace): Positions {
  const cell: FieldPath = ['cells', place.entry];
  const placeOf = (path: FieldPath): FieldPath => {
    const [first, second] = path;
    if (place.labels !== undefined && first === 'data' && second === 'labels') return [...cell, 'labels', place.labels];
    if (place.seeds !== undefined && first === 'seed') return [...cell, 'seeds', place.seeds];
    for (let length = path.length; length > 0; length--) {
      for (const root of [cell, ['defaults']]) {
        const candidate = [...root, ...path.slice(0, length)];
        if (positions.has(candidate)) return candidate;
      }
    }
    return cell;
  };
  return {
    has: (path) => path.length === 0 || positions.has(placeOf(path)),
    lineOfValue: (path) => positions.lineOfValue(placeOf(path)),
    lineOfKey: (path) => positions.lineOfKey(placeOf(path)),
  };
}
