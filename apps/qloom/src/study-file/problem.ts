import { echoed } from '@qloom/tensor/quoted.ts';
import type { Document, LineCounter, Node } from 'yaml';
import { isMap, isNode, isScalar } from 'yaml';
import { UsageError } from '../command/errors.ts';

/** A path inside a study file: keys and indices. */
export type FieldPath = readonly (string | number)[];

/** One thing wrong with a study file. */
export interface Problem {
  /** Line from 1; absent where the file as a whole is wrong. */
  readonly line?: number;
  /** The field, such as `qnn.layers`; empty for the file as a whole. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Number of problems that a message lists; of more it has the number. */
const LISTED_PROBLEMS = 40;

/** Thrown when a study file cannot be used; the message lists the problems as `file:line: field: message`. */
export class StudyFileError extends UsageError {
  override readonly name: string = 'StudyFileError';
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const sorted = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const lines = sorted.slice(0, LISTED_PROBLEMS).map((problem) => formatProblem(file, problem));
    const more = sorted.length - lines.length;
    super([...lines, ...(more > 0 ? [`${file}: and ${more} more problems`] : [])].join('\n'));
    this.problems = sorted;
  }
}

/** `file:line: field: message`. */
function formatProblem(file: string, { line, field, message }: Problem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${field === '' ? '' : `${field}: `}${message}`;
}

/** `['space', 'gan.steps', 'min']` → `space.gan.steps.min`; an index is in brackets. */
export function formatPath(path: FieldPath): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${echoed(part)}`))
    .join('');
}

/** Finds the lines of fields in one parsed file. */
export interface Positions {
  /** Whether the file has a value at `path`. */
  has(path: FieldPath): boolean;
  /** Line of the value at `path`, or of the nearest existing ancestor. */
  lineOfValue(path: FieldPath): number | undefined;
  /** Line of the key that `path` ends in, or of the nearest ancestor's value. */
  lineOfKey(path: FieldPath): number | undefined;
}

/** Positions in a document that was parsed with `lineCounter`. */
export function positionsOf(document: Document, lineCounter: LineCounter): Positions {
  const lineOf = (node: Node | null | undefined): number | undefined =>
    node?.range == null ? undefined : lineCounter.linePos(node.range[0]).line;
  const nodeAt = (path: FieldPath): Node | undefined => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) ? node : undefined;
  };
  const lineOfValue = (path: FieldPath): number | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const line = lineOf(nodeAt(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return undefined;
  };
  return {
    has: (path) => nodeAt(path) !== undefined,
    lineOfValue,
    lineOfKey(path) {
      const parent = nodeAt(path.slice(0, -1));
      const last = path.at(-1);
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last));
        if (pair !== undefined && isNode(pair.key)) return lineOf(pair.key);
      }
      return lineOfValue(path);
    },
  };
}
