import { echoed } from '@qloom/tensor/quoted.ts';
import { type Document, isAlias, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Problem } from './problem.ts';

/** A YAML text that was read, or what is wrong with it. */
export type ReadYaml =
  | { readonly problems: readonly Problem[] }
  | { readonly document: Document; readonly lineCounter: LineCounter; readonly value: unknown };

/** A study file has a page or two; on other text the parser takes seconds for a megabyte. */
const MAX_BYTES = 2 ** 16;

/** How often aliases may be expanded in all: ten lines of aliases of aliases can expand to gigabytes. */
const MAX_ALIASES = 100;

/** Nodes above one another, of which a pair of key and value is one more. */
const MAX_DEPTH = 64;

/** The first error of a text that is no YAML is followed by thousands. */
const MAX_PROBLEMS = 10;

/** Reads one YAML document. Its size, depth and aliases are bounded, and no value contains itself. */
export function readYaml(text: string): ReadYaml {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) return wrong(undefined, `has ${bytes} bytes; at most ${MAX_BYTES} are right`);
  const lineCounter = new LineCounter();
  const lineOf = (node: Node) => (node.range ? lineCounter.linePos(node.range[0]).line : undefined);
  const document = parseDocument(text, { lineCounter, logLevel: 'error' });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, linePos }): Problem => {
      const [what] = message.split(/ at line \d+/);
      return { line: linePos?.[0].line, field: '', message: plain(what) };
    });
    return { problems: problems.slice(0, problems[0].message === TOO_DEEP ? 1 : MAX_PROBLEMS) };
  }
  const { found, firstAlias } = inspect(document);
  if (found !== undefined) return wrong(lineOf(found.node), found.message);
  try {
    return { document, lineCounter, value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // Aliases of aliases, which are few and expand to many.
    if (error instanceof ReferenceError) return wrong(firstAlias && lineOf(firstAlias), TOO_MANY_ALIASES);
    throw error;
  }
}

const wrong = (line: number | undefined, message: string): ReadYaml => ({ problems: [{ line, field: '', message }] });

const TOO_DEEP = 'is nested too deeply; the fields of a study need a few levels';
const TOO_MANY_ALIASES = `its aliases expand to too much; right would be at most ${MAX_ALIASES} in all: write the values out`;

/** Messages of the parser, reworded for users. */
function plain(message: string): string {
  if (message.includes('call stack')) return TOO_DEEP;
  return message.startsWith('Source contains multiple documents')
    ? 'holds several documents (---); one is right'
    : message;
}

/** Result of {@link inspect}. */
interface Inspection {
  /**
   * The first node that no study file has: nested too deeply, or an alias that names nothing or a value around it; too
   * many.
   */
  readonly found?: { readonly node: Node; readonly message: string };
  readonly firstAlias?: Node;
}

function inspect(document: Document): Inspection {
  const anchored = new Map<string, Node>();
  let firstAlias: Node | undefined;
  let aliases = 0;
  let found: Inspection['found'];
  const stop = (node: Node, message: string) => {
    found = { node, message };
    return visit.BREAK;
  };
  visit(document, {
    Node(_key, node, path) {
      if (path.length > MAX_DEPTH) return stop(node, TOO_DEEP);
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchored.set(node.anchor, node);
        return undefined;
      }
      firstAlias ??= node;
      const source = anchored.get(node.source);
      const name = `*${echoed(node.source)}`;
      if (source === undefined)
        return stop(node, `${name} names nothing; right would be a "&${echoed(node.source)}" before it`);
      if (path.includes(source))
        return stop(node, `${name} is inside the value that it names; no value can contain itself`);
      return ++aliases > MAX_ALIASES ? stop(node, TOO_MANY_ALIASES) : undefined;
    },
  });
  return { found, firstAlias };
}
