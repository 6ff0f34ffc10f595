import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';
import { type MarkdownBlock, readBlocks } from './markdown-blocks.ts';

/** A page of documentation. */
export interface Page {
  /** Its path in the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly MarkdownBlock[];
}

/** The check of blocks of each language. A block of another language fails, because its check is unknown. */
export const LANGUAGES = {
  sh: 'commands: run in the order of the page, in a checkout with the quickstart’s run',
  console: 'commands after "$ " and what they print: run, and compared in all that no machine changes',
  ts: 'a module: run under Node, and what it prints compared with the comments below console.log',
  python: 'a program: run where Python has what it imports, else compiled',
  yaml: 'a study file, sections of one, or a compare file',
  json: 'read',
  qasm: 'an OpenQASM program: drawn',
  csv: 'a file for other blocks',
  text: 'nothing that runs: an output, a picture of characters',
  mermaid: 'a diagram',
  proto: 'part of a contract',
} as const;

/** Pages about the past, which are not checked. */
const HISTORY = /^(CHANGELOG\.md|docs\/adr\/)/;

/** Every page of documentation in the repository. */
export function readPages(): Page[] {
  const exclude = (name: string) => /^(node_modules|\..+|qloom-runs)$/.test(name);
  const paths = globSync('**/*.md', { cwd: ROOT, exclude }).filter((path) => !HISTORY.test(path));
  return paths.sort().map((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path, text, blocks: readBlocks(text) };
  });
}

/** Text that looks like shell commands, in a block of another language. */
export const LOOKS_LIKE_SHELL =
  /^(\$ |(npx|npm|node|qloom|kubectl|docker|curl|grpcurl|git|python3?|pip|cd|export) [\w./"'-])/m;
