/** Maximum length of an echoed value. Unit: UTF-16 code units, escapes included. */
export const MAX_ECHOED_LENGTH = 200;

/**
 * A value of a caller, for a message: a string in quotes, anything else as JSON; control characters and lone surrogates
 * escaped, and at most {@link MAX_ECHOED_LENGTH} of it. Every message that repeats a caller's value uses this function:
 * messages are sent in HTTP/2 headers, log lines and terminals, which all have limits.
 *
 * @example throw new Error(`ansatz: ${quoted(name)} is none of ${known.join(', ')}`);
 */
export function quoted(value: unknown, mark: '"' | "'" = '"'): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return echoed(JSON.stringify(value) ?? String(value));
  const { text, isWhole } = escaped(value, mark);
  return isWhole ? `${mark}${text}${mark}` : `${mark}${text}…${mark} (${value.length} characters)`;
}

/** The same without quotes, for a name in the path of a field. */
export function echoed(value: string): string {
  const { text, isWhole } = escaped(value);
  return isWhole ? text : `${text}… (${value.length} characters)`;
}

function escaped(value: string, mark?: string): { readonly text: string; readonly isWhole: boolean } {
  let text = '';
  for (const character of value) {
    const next = character === mark ? `\\${mark}` : UNPRINTABLE.test(character) ? unicodeEscape(character) : character;
    if (text.length + next.length > MAX_ECHOED_LENGTH) return { text, isWhole: false };
    text += next;
  }
  return { text, isWhole: true };
}

/** Control characters, line and paragraph separators, marks that turn the direction of text, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function unicodeEscape(character: string): string {
  return SHORT[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
