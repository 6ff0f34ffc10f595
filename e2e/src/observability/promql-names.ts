/** Names in an expression of PromQL. */
export interface PromqlNames {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'atan2']);

/**
 * The metrics and labels that an expression names. Not a parser: strings, ranges, lists of labels and matchers are taken out, and of
 * the words that are left those that no parenthesis follows are metrics. Throws where parentheses, brackets or braces do not match.
 */
export function promqlNames(expression: string): PromqlNames {
  const labels = new Set<string>();
  const metrics = new Set<string>();
  let rest = expression.replaceAll(/"(?:\\.|[^"\\])*"/g, '""');
  requireMatching(rest);
  rest = rest.replaceAll(/\[[^\]]*\]/g, ' ');
  rest = rest.replaceAll(/\{([^}]*)\}/g, (_all, matchers: string) => {
    for (const [, label] of matchers.matchAll(/([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)/g)) labels.add(label);
    return ' ';
  });
  rest = rest.replaceAll(/\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g, (_all, list: string) => {
    for (const label of list.split(',')) if (label.trim() !== '') labels.add(label.trim());
    return ' ';
  });
  rest = rest.replaceAll(/\b\d[\w.]*/g, ' ');
  for (const [, word, follows] of rest.matchAll(/([A-Za-z_:][\w:]*)\s*(\()?/g)) {
    if (follows === undefined && !KEYWORDS.has(word)) metrics.add(word);
  }
  return { metrics: [...metrics], labels: [...labels] };
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function requireMatching(text: string): void {
  const open: string[] = [];
  for (const character of text) {
    if ('([{'.includes(character)) open.push(character);
    else if (character in PAIRS && open.pop() !== PAIRS[character])
      throw new Error(`"${character}" closes nothing: ${text}`);
  }
  if (open.length > 0) throw new Error(`"${open[0]}" is not closed: ${text}`);
}
