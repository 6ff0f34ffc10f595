/** Most characters of a text of the file that a message repeats. */
const MOST = 60;

/** A text of a file, for a message: in quotes, without control characters, not longer than a line. */
export function shown(text: string): string {
  const plain = text.replaceAll(/\p{Cc}/gu, '�');
  return `'${plain.length > MOST ? `${plain.slice(0, MOST - 1)}…` : plain}'`;
}

/** The first few of some texts, and how many more there are. */
export function shownList(texts: readonly string[], most = 5): string {
  const first = texts.slice(0, most).join(', ');
  return texts.length > most ? `${first} and ${texts.length - most} more` : first;
}

/** The first few warnings of a kind, and how many more of `what` there are. */
export function firstOf(warnings: readonly string[], what: string, most = 4): string[] {
  if (warnings.length <= most + 1) return [...warnings];
  return [...warnings.slice(0, most), `${warnings.length - most} more ${what}, likewise`];
}
