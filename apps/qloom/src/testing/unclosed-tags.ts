/** Tags that are opened and not closed, in order; void elements of HTML apart. */
export function unclosedTags(html: string): string[] {
  const open: string[] = [];
  const withoutStyle = html.replace(/<style>[\s\S]*?<\/style>/, '');
  for (const [, slash, name, self] of withoutStyle.matchAll(/<(\/?)([a-z0-9]+)\b[^>]*?(\/?)>/g)) {
    if (self === '/' || ['meta', 'br', 'hr'].includes(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [`unexpected </${name}>`];
  }
  return open;
}
