/** One measurement, with that of its peer in the same run. `npm run bench -- <name> --json` prints one a line. */
export interface Row {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** The peer with which it is compared. */
  readonly peer: string;
  readonly peerValue: number;
  /** Peer over ours for times and sizes, ours over peer for rates: above 1 is ahead. */
  readonly ratio: number;
  /** Remark on this measurement: a shorter measurement, a version, how to install the peer. */
  readonly note?: string;
}

/** A row of something where less is better: a time, a size, a share. */
export function lessIsBetter(row: Omit<Row, 'ratio'>): Row {
  return { ...row, ratio: row.peerValue / row.value };
}

/** A row of something where more is better: a rate, an accuracy. */
export function moreIsBetter(row: Omit<Row, 'ratio'>): Row {
  return { ...row, ratio: row.value / row.peerValue };
}

/** Four significant digits, without an exponent where people would not write one. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** A number with its unit; a dash alone where there is none (NaN). */
const withUnit = (value: number, unit: string, space = ' ') =>
  Number.isNaN(value) ? formatNumber(value) : formatNumber(value) + space + unit;

/** Rows as a human-readable table. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.case,
    row.metric,
    withUnit(row.value, row.unit),
    row.peer,
    withUnit(row.peerValue, row.unit),
    withUnit(row.ratio, '×', ''),
    row.note ?? '',
  ]);
  return formatColumns([['case', 'metric', 'ours', 'peer', "peer's", 'ahead', ''], ...cells]);
}

/** Lines of cells in columns that line up, two spaces between them. */
export function formatColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
