import { readFileSync } from 'node:fs';
import { qloomVersion } from '../run/versions.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import { shownPath } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { compareFolderAt, readComparedCells, readCompareRecord } from './compare-folder.ts';
import { renderComparePage } from './page/compare-page.ts';
import { compareCells } from './result/compare-cells.ts';
import { renderCompareSummary } from './summary/compare-summary.ts';

/** How the comparison is printed. */
export interface ReportOptions {
  /** The content of `compare.json` instead of a table. */
  readonly json?: boolean;
  readonly style: Style;
  readonly columns: number;
}

/**
 * Writes `compare.json` and `compare.html` of a folder from the results that it has; returns what is printed. Throws the errors
 * of `readComparedCells`.
 */
export async function reportFolder(path: string, { json, style, columns }: ReportOptions): Promise<string> {
  const folder = compareFolderAt(path);
  const { command } = readCompareRecord(folder);
  const result = compareCells(readComparedCells(folder));
  const text = `${JSON.stringify(result, null, 2)}\n`;
  const fileText = readFileSync(folder.yaml, 'utf8');
  writeWhole(folder.json, text);
  writeWhole(folder.page, renderComparePage(result, { command, fileText, version: qloomVersion() }));
  return json ? text : renderCompareSummary(result, { style, columns, page: shownPath(folder.page) });
}
