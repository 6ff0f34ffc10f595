import { shownPath } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import { compareFolderAt, readComparedCells } from './compare-folder.ts';

/** Writes the comparison of a folder from the results that it has; returns a table of its cells for the terminal. */
export async function reportFolder(path: string): Promise<string> {
  const folder = compareFolderAt(path);
  const compared = readComparedCells(folder);
  const rows = compared.cells.map(({ cell, state }) => [cell.name, state]);
  const results = compared.cells.filter(({ result }) => result !== undefined).length;
  return `${renderTable([{ title: 'cell' }, { title: 'state' }], rows)}${results} of ${rows.length} cells have a result, in ${shownPath(folder.path)}\n`;
}
