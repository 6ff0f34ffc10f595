import { quoted } from '@qloom/tensor/quoted.ts';

/** A text of a file as messages about files quote it. */
export function shown(text: string): string {
  return quoted(text, "'");
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
