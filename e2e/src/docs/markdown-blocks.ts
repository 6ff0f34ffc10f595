/** Notes on a block, in HTML comments directly above it. */
interface BlockNotes {
  /** `<!-- not run in tests: WHY -->`: it is only parsed, and its commands are checked against their help. */
  readonly notRun?: string;
  /** `<!-- file: NAME -->`: a file that the page's commands use; the block is its content. */
  readonly file?: string;
  /** `<!-- exits with N -->`: its last command ends with this status. Default: 0. */
  readonly status: number;
  /** `<!-- runs until stopped: TEXT -->`: it is stopped by SIGTERM after it has printed TEXT, and then ends by itself. */
  readonly until?: string;
  /** `<!-- needs python: NAMES -->`: modules of Python without which it is left out, with a notice. */
  readonly python?: readonly string[];
}

/** A fenced block of a page of documentation. */
export interface MarkdownBlock {
  /** Line of its fence, from 1. */
  readonly line: number;
  /** Its language after the fence: `sh`, `ts`; empty if there is none. */
  readonly language: string;
  readonly code: string;
  readonly notes: BlockNotes;
}

/** A note that is not one of {@link BlockNotes}. */
export class BlockNoteError extends Error {
  override name = 'BlockNoteError';
}

const FENCE = /^( *)(`{3,}|~{3,})\s*(.*?)\s*$/;
const COMMENT = /^\s*<!--\s*(.*?)\s*-->\s*$/;

/** The fenced blocks of a page in their order. Throws {@link BlockNoteError} for a comment above a block that is not a note. */
export function readBlocks(markdown: string): MarkdownBlock[] {
  const lines = markdown.split('\n');
  const blocks: MarkdownBlock[] = [];
  let comments: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const comment = lines[i].match(COMMENT)?.[1];
    const fence = lines[i].match(FENCE);
    if (comment !== undefined) comments.push(comment);
    else if (fence) {
      const [, indent, marks, language] = fence;
      const begin = i + 1;
      do i++;
      while (i < lines.length && lines[i].trim() !== marks);
      const code = lines.slice(begin, i).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
      blocks.push({
        line: begin,
        language,
        code: code.map((text) => `${text}\n`).join(''),
        notes: readNotes(comments, begin),
      });
      comments = [];
    } else if (lines[i].trim() !== '') comments = [];
  }
  return blocks;
}

function readNotes(comments: readonly string[], line: number): BlockNotes {
  let notes: BlockNotes = { status: 0 };
  for (const comment of comments) {
    const [, kind, value] =
      comment.match(/^(not run in tests:|file:|exits with|runs until stopped:|needs python:) ?(.*)$/) ?? [];
    if (!value) throw new BlockNoteError(`line ${line}: <!-- ${comment} --> is no note on a block`);
    if (kind === 'not run in tests:') notes = { ...notes, notRun: value };
    else if (kind === 'file:') notes = { ...notes, file: value };
    else if (kind === 'exits with') notes = { ...notes, status: Number(value) };
    else if (kind === 'needs python:') notes = { ...notes, python: value.split(/,? +/) };
    else notes = { ...notes, until: value };
  }
  return notes;
}

/** Spans of code inside the text of a page, outside its blocks, with their lines. */
export function readCodeSpans(markdown: string): { readonly line: number; readonly code: string }[] {
  const blocks = readBlocks(markdown);
  const inBlock = (line: number) =>
    blocks.some(({ line: fence, code }) => line >= fence && line <= fence + code.split('\n').length);
  return markdown.split('\n').flatMap((text, i) => {
    if (inBlock(i + 1)) return [];
    return [...text.matchAll(/`([^`]+)`/g)].map((match) => ({ line: i + 1, code: match[1].replaceAll('\\|', '|') }));
  });
}
