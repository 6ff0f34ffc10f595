import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Frames of packages are not the user's; those of TensorFlow.js have the names of its sources if source maps are
 * applied.
 */
const TENSORFLOW = /[/\\](@tensorflow|tfjs-(core|layers|backend-[a-z]+)[/\\]src)[/\\]/;
const FOREIGN = /[/\\]node_modules[/\\]|node:internal/;
const DEEP = 200;

/** One line of a stack trace. */
interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

function parse(line: string): Frame | undefined {
  const match = /^\s+at (?:(?:async )?(.*?) \()?(.+?):(\d+):\d+\)?$/.exec(line);
  if (!match) return undefined;
  const [, name = '', location, number] = match;
  const file = location.startsWith('file:') ? fileURLToPath(location) : location;
  return { name, file, line: Number(number) };
}

/** The current stack, innermost frame first. */
function frames(): Frame[] {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = DEEP;
  const stack = new Error('here').stack ?? '';
  Error.stackTraceLimit = before;
  return stack.split('\n').flatMap((line) => parse(line) ?? []);
}

/** A position in the traced function. */
export interface Site {
  /** ` (src/step.ts:12)`, relative to the working directory; empty if unknown. */
  readonly where: string;
  /** The operation of TensorFlow.js that was called there, such as `tf.dropout`, if any. */
  readonly operation?: string;
}

const COMPILER = fileURLToPath(new URL('../', import.meta.url));
const ours = ({ file }: Frame) => file.startsWith(COMPILER) && !file.endsWith('.spec.ts');
const tensorflow = ({ file }: Frame) => TENSORFLOW.test(file);
const foreign = (frame: Frame) => FOREIGN.test(frame.file) || tensorflow(frame) || ours(frame);

/** The innermost line that is neither TensorFlow.js's nor the compiler's, and the operation that it called. */
export function callSite(): Site {
  const stack = frames();
  const user = stack.findIndex((frame) => !foreign(frame));
  if (user < 0) return { where: '' };
  const { file, line } = stack[user];
  const shown = path.relative(process.cwd(), file);
  const where = ` (${shown.startsWith('..') ? file : shown}:${line})`;
  // TensorFlow.js names its operations so: dropout__op, dropout_.
  const operation = stack
    .slice(0, user)
    .reverse()
    .filter(tensorflow)
    .map(({ name }) => /([A-Za-z0-9]+?)_(?:_op)?$/.exec(name.replace(/ \[as .*\]$/, ''))?.[1])
    .find((name) => name !== undefined);
  return operation === undefined ? { where } : { where, operation: `tf.${operation}` };
}
