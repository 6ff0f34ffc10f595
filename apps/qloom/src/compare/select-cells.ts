import { UsageError } from '../command/errors.ts';
import { nearest } from '../command/nearest.ts';
import type { CompareCell } from './compared-cells.ts';

/**
 * The cells that `names` name, each by its own name or that of its group, in the order of the file; all where `names` is
 * undefined. Throws `UsageError` for a name that no cell has.
 */
export function selectCells<C extends { readonly cell: CompareCell }>(
  cells: readonly C[],
  names: readonly string[] | undefined,
): C[] {
  if (names === undefined) return [...cells];
  const known = [...new Set(cells.flatMap(({ cell }) => [cell.name, cell.group]))];
  for (const name of names) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    throw new UsageError(
      `--cells: no cell is called "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`} There are: ${known.join(', ')}`,
    );
  }
  return cells.filter(({ cell }) => names.includes(cell.name) || names.includes(cell.group));
}
