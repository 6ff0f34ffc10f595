/** User, password or token of a URL in a text, up to the last "@" before a blank, a quote or a bracket. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s"'`<>()]*@/gi;

/** `text` with `***` in place of the user and password of every URL in it: for messages, logs and files. */
export function redactUrls(text: string): string {
  return text.replace(USER_INFO, '$1***@');
}

/** Like {@link redactUrls} for one URL, malformed ones included: what stands before the last "@" is never shown. */
export function redactUrl(url: string): string {
  const at = url.lastIndexOf('@');
  if (at === -1) return url;
  const scheme = /^[a-z][a-z0-9+.-]*:(\/\/)?/i.exec(url)?.[0] ?? '';
  // Without "//" what looks like a scheme may be a user's name.
  return `${scheme.endsWith('//') ? scheme : ''}***${url.slice(at)}`;
}
