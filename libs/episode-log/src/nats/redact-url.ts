/** A URL in a text: up to a blank, a quote or a bracket. */
const WORD = /[^\s"'`<>()]+/g;

/**
 * `text` with `***` in place of the user and password of every URL in it: for messages, logs and files. The text
 * between the first "://" of a word and its last "@" is never shown. Takes time in proportion to the text.
 */
export function redactUrls(text: string): string {
  if (!text.includes('@') || !text.includes('://')) return text;
  return text.replace(WORD, (word) => {
    const begin = word.indexOf('://') + 3;
    const at = word.lastIndexOf('@');
    return begin < 3 || at < begin ? word : `${word.slice(0, begin)}***${word.slice(at)}`;
  });
}

/** Like {@link redactUrls} for one URL, malformed ones included: text before the last "@" is never shown. */
export function redactUrl(url: string): string {
  const at = url.lastIndexOf('@');
  if (at === -1) return url;
  const scheme = /^[a-z][a-z0-9+.-]{0,20}:\/\//i.exec(url)?.[0] ?? ''; // without "//" it may be a user's name
  return `${scheme}***${url.slice(at)}`;
}
