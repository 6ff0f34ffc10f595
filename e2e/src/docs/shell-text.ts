/** A command of a shell block, and the output that the page shows. */
export interface ShellCommand {
  readonly command: string;
  /** Its comment at the end of the line; empty if there is none. */
  readonly comment: string;
  /** Lines of its output as the page shows them: of a `console` block, after the command. */
  readonly output: readonly string[];
}

/** Commands of a `console` block: lines after `$ `, each with the output beneath it. */
export function readConsole(code: string): ShellCommand[] {
  const commands: { command: string; comment: string; output: string[] }[] = [];
  for (const line of code.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) commands.push({ ...splitComment(line.slice(2)), output: [] });
    else if (commands.length === 0) throw new SyntaxError(`a console block begins with "$ <command>", not "${line}"`);
    else commands[commands.length - 1].output.push(line);
  }
  return commands;
}

/** A line without the comment at its end, and the comment. */
export function splitComment(line: string): { readonly command: string; readonly comment: string } {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    if (quote !== '') quote = line[i] === quote ? '' : quote;
    else if (line[i] === "'" || line[i] === '"') quote = line[i];
    else if (line[i] === '#' && (i === 0 || /\s/.test(line[i - 1]))) {
      return { command: line.slice(0, i).trimEnd(), comment: line.slice(i + 1).trim() };
    }
  }
  return { command: line.trimEnd(), comment: '' };
}

/** Simple commands of a text of the shell, word by word, without assignments, redirections and comments. */
export function readWords(code: string): string[][] {
  const text = code.replaceAll('\\\n', ' ');
  return text.split('\n').flatMap((line) => {
    const { command } = splitComment(line);
    const words = command.match(/\d?[<>]+&?|(?:[^\s'"&|;<>()]|"[^"]*"|'[^']*')+|[&|;()]+/g) ?? [];
    const commands: string[][] = [[]];
    for (let i = 0; i < words.length; i++) {
      if (/^\d?[<>]+&?$/.test(words[i])) i++;
      else if (/^[&|;()]+$/.test(words[i])) commands.push([]);
      else commands[commands.length - 1].push(words[i].replaceAll(/^['"]|['"]$/g, ''));
    }
    return commands.map(withoutAssignments).filter((words) => words.length > 0);
  });
}

function withoutAssignments(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  return first < 0 ? [] : words.slice(first);
}

/**
 * Numbers that a page gives with six decimals or more, which do not depend on the machine. A minus may be typographic.
 */
export function exactNumbers(text: string): string[] {
  return plainMinus(text).match(/-?\d+\.\d{6,}(?![\de])/g) ?? [];
}

const MEASURED = /-?\d[\d,]*(\.\d+)?(e[+-]?\d+)?( ?(?:ms|µs|s|min|MB|MiB|GB|GiB|kB|KiB)\b)?/g;

/** A line of output without what differs between machines: times, counts and measured numbers, and the width of columns. */
export function stablePart(line: string): string {
  return plainMinus(line)
    .replaceAll(MEASURED, (number, decimals = '', exponent = '', unit = '') =>
      decimals.length > 6 && exponent === '' && unit === '' ? number : '#',
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/**
 * Whether every line that a page shows occurs in an output, in order, in its stable part; a line with … shows a part.
 */
export function firstMissing(shown: readonly string[], output: string): string | undefined {
  const lines = output.split('\n').map(stablePart);
  let at = 0;
  for (const line of shown) {
    if (line.trim() === '' || line.trim() === '…') continue;
    const parts = stablePart(line)
      .split('…')
      .map((part) => part.trim());
    const found = lines.findIndex((other, i) => i >= at && holdsInOrder(other, parts));
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

function holdsInOrder(line: string, parts: readonly string[]): boolean {
  if (parts.length === 1) return line === parts[0];
  let at = 0;
  for (const part of parts) {
    const found = line.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

const plainMinus = (text: string): string => text.replaceAll('−', '-');
