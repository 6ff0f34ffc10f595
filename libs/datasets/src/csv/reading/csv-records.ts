import { DatasetError } from '@qloom/study/points/dataset-error.ts';

/** One field with its place in the file, for messages. */
export interface CsvField {
  readonly text: string;
  /** Whether the field was quoted: `""` is an empty text, not a missing value. */
  readonly quoted: boolean;
}

/** One row of a CSV file. */
export interface CsvRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly CsvField[];
}

/**
 * Splits CSV text into records after RFC 4180: commas (or `separator`), double quotes with doubled quotes inside,
 * LF or CRLF or CR at line ends, line ends within quotes; a byte order mark and blank lines are skipped. Unquoted fields
 * are trimmed. At most `most` records. Throws DatasetError with line and column where a quote is not closed or text follows a
 * closing quote.
 */
export function parseCsvRecords(text: string, separator = ',', most = Number.POSITIVE_INFINITY): CsvRecord[] {
  const records: CsvRecord[] = [];
  let fields: CsvField[] = [];
  let line = 1;
  let startLine = 1;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  const endRecord = () => {
    const blank = fields.length === 1 && !fields[0].quoted && fields[0].text === '';
    if (!blank) records.push({ line: startLine, fields });
    fields = [];
  };
  for (;;) {
    const { field, next, lines } = parseField(text, at, separator, { line, column: fields.length + 1 });
    fields.push(field);
    line += lines;
    at = next;
    if (text[at] === separator) {
      at++;
      continue;
    }
    endRecord();
    if (at >= text.length || records.length >= most) return records;
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    line++;
    startLine = line;
    if (at >= text.length) return records;
  }
}

interface ParsedField {
  readonly field: CsvField;
  /** Index of the separator, line end or end of text behind the field. */
  readonly next: number;
  /** Line ends inside the field. */
  readonly lines: number;
}

function isEnd(character: string | undefined, separator: string): boolean {
  return character === undefined || character === separator || character === '\n' || character === '\r';
}

function parseField(
  text: string,
  from: number,
  separator: string,
  position: { line: number; column: number },
): ParsedField {
  let at = from;
  while (text[at] === ' ' || (text[at] === '\t' && separator !== '\t')) at++;
  if (text[at] !== '"') {
    while (!isEnd(text[at], separator)) at++;
    return { field: { text: text.slice(from, at).trim(), quoted: false }, next: at, lines: 0 };
  }
  let content = '';
  for (at++; ; at++) {
    if (at >= text.length)
      throw failure('has a quote that is never closed; close it, or double a quote inside a text', position);
    if (text[at] !== '"') content += text[at];
    else if (text[at + 1] === '"') content += text[++at];
    else break;
  }
  at++;
  while (text[at] === ' ') at++;
  if (!isEnd(text[at], separator))
    throw failure('has text after its closing quote; double a quote inside a text', position);
  return { field: { text: content, quoted: true }, next: at, lines: content.split(/\r\n|\n|\r/).length - 1 };
}

function failure(what: string, { line, column }: { line: number; column: number }): DatasetError {
  return new DatasetError('csv', `line ${line}, column ${column}: the field ${what}`, { line, column });
}
