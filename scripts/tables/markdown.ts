/** The lines of a Markdown table, without its header: one for each row of cells. A bar in a cell is escaped. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  return rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
}

/** The names that stand in backquotes in the first column of the table with this header. Throws where there is no such table. */
export function namesInTable(text: string, header: readonly string[]): string[] {
  const lines = text.split('\n');
  const { from, to } = bodyOf(lines, header);
  return lines.slice(from, to).flatMap((line) => /^\| *`([^`]+)`/.exec(line)?.[1] ?? []);
}

/** `text` with other rows in the table with this header. Throws where there is no such table. */
export function withTable(text: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = text.split('\n');
  const { from, to } = bodyOf(lines, header);
  lines.splice(from, to - from, ...tableLines(rows));
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
