/** The names in backquotes in the first column of the table with this header. Throws where there is no such table. */
export function namesInTable(text: string, header: readonly string[]): string[] {
  const lines = text.split('\n');
  const { from, to } = bodyOf(lines, header);
  return lines.slice(from, to).flatMap((line) => /^\| *`([^`]+)`/.exec(line)?.[1] ?? []);
}

/**
 * `text` with other rows in the table with this header; a bar in a cell is escaped. Columns are aligned where they were. Throws
 * where there is no such table.
 */
export function withTable(text: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = text.split('\n');
  const { from, to } = bodyOf(lines, header);
  const isAligned = cellsOf(lines[from - 1]).some((dashes) => dashes.length > 3);
  const cells = [header, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))];
  const widths = header.map((_, j) => (isAligned ? Math.max(3, ...cells.map((row) => [...row[j]].length)) : 0));
  const lineOf = (row: readonly string[]) => `| ${row.map((cell, j) => cell.padEnd(widths[j])).join(' | ')} |`;
  const dashes = widths.map((width) => '-'.repeat(Math.max(3, width)));
  lines.splice(from - 2, to - from + 2, ...[cells[0], dashes, ...cells.slice(1)].map(lineOf));
  return lines.join('\n');
}

/** Lines [from, to) of a table's rows, below its header and the line of dashes. */
function bodyOf(lines: readonly string[], header: readonly string[]): { from: number; to: number } {
  const at = lines.findIndex((line) => cellsOf(line).join('|') === header.join('|'));
  if (at < 0) throw new Error(`there is no table with the header | ${header.join(' | ')} |`);
  const from = at + 2;
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  return { from, to: length < 0 ? lines.length : from + length };
}

function cellsOf(line: string): string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
