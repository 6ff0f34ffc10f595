import { stripVTControlCharacters } from 'node:util';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** How wide a text stands on a terminal; all our characters are one column wide. */
export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** A table without rules: columns two blanks apart, each row one line, indented by `indent`. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { indent = '  ', header = (text: string): string => text } = {},
): string {
  const widths = columns.map((column, j) =>
    Math.max(visibleWidth(column.title), ...rows.map((row) => visibleWidth(row[j] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    (indent + columns.map((column, j) => pad(cells[j] ?? '', widths[j], column.align ?? 'left')).join('  ')).trimEnd();
  const titles = columns.map((column) => column.title);
  const head = titles.every((title) => title === '') ? [] : [header(line(titles))];
  return `${[...head, ...rows.map(line)].join('\n')}\n`;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - visibleWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Breaks a text at blanks into lines of at most `width` columns. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && visibleWidth(line) + 1 + visibleWidth(word) > width - indent.length) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line].join('\n');
}
