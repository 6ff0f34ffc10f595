import { quoted } from '@qloom/tensor/quoted.ts';
import { OpenQasmError, type SourcePosition } from '../errors.ts';
import { MAX_LITERAL, MAX_NAME, MAX_SOURCE } from '../source-limits.ts';

/** A word, number, string or symbol of a program. */
export interface Token extends SourcePosition {
  readonly kind: 'identifier' | 'integer' | 'real' | 'unit' | 'string' | 'symbol' | 'end';
  /** As written; a string without its quotes. A `unit` is a number with a unit of time, or an imaginary number. */
  readonly text: string;
}

/** Digits with single underscores between them. */
const DIGITS = String.raw`\d(?:_?\d)*`;
const EXPONENT = `[eE][+-]?${DIGITS}`;
const REAL = new RegExp(
  `${DIGITS}\\.(?:${DIGITS})?(?:${EXPONENT})?|\\.${DIGITS}(?:${EXPONENT})?|${DIGITS}${EXPONENT}`,
  'y',
);
const INTEGER = new RegExp(
  `0[xX][\\da-fA-F](?:_?[\\da-fA-F])*|0[bB][01](?:_?[01])*|0o[0-7](?:_?[0-7])*|${DIGITS}`,
  'y',
);
const UNIT = /[ \t]*(?:dt|ns|us|[µμ]s|ms|s|im)(?![\w\p{L}\p{Nl}])/uy;
const WORD = /[A-Za-z_\p{L}\p{Nl}][\w\p{L}\p{Nl}]*/uy;
const SYMBOL =
  /->|==|!=|<<=|>>=|\*\*=|<=|>=|&&|\|\||\+\+|\*\*|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<|>>|[{}[\]();,:@=+\-*/^<>%$#!&|~.]/y;
const SPACE = /[ \t\r\n\v\f\uFEFF]+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /"([^"\r\n]*)"|'([^'\r\n]*)'/y;
const LINE_END = /\r\n|\r|\n/g;
type Kind = Exclude<Token['kind'], 'unit' | 'end'>;

const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  real: REAL,
  integer: INTEGER,
  identifier: WORD,
  string: STRING,
  symbol: SYMBOL,
};

/** The kinds of token that may begin with a character. */
function kindsAt(character: string): readonly Kind[] {
  if (character >= '0' && character <= '9') return NUMBER_KINDS;
  if (character === '.') return DOT_KINDS;
  if (character === '"' || character === "'") return STRING_KINDS;
  if (character < '\x80' && !/[A-Za-z_]/.test(character)) return SYMBOL_KINDS;
  return WORD_KINDS;
}

const NUMBER_KINDS: readonly Kind[] = ['real', 'integer'];
const DOT_KINDS: readonly Kind[] = ['real', 'symbol'];
const STRING_KINDS: readonly Kind[] = ['string'];
const SYMBOL_KINDS: readonly Kind[] = ['symbol'];
const WORD_KINDS: readonly Kind[] = ['identifier'];

/** Maximum length of a token of a kind, and the kind's name in messages. */
const LIMITS: Partial<Record<Token['kind'], readonly [number, string]>> = {
  identifier: [MAX_NAME, 'a name'],
  integer: [MAX_LITERAL, 'a number'],
  real: [MAX_LITERAL, 'a number'],
  string: [MAX_LITERAL, 'a text'],
};

/** Characters that follow most numbers. */
const ENDS_NUMBER = new Set([...',;:)]}*/+-@']);

/**
 * Reads the tokens of a program one by one, as they are requested; after the last token, every call returns a token of
 * the kind `end`. Throws OpenQasmError if the text is too long, and at a character that no token starts with.
 */
export function createLexer(source: string, file: string): () => Token {
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const fail = (position: SourcePosition, message: string): never => {
    throw new OpenQasmError(file, position, message);
  };
  if (source.length > MAX_SOURCE) {
    fail({ line: 1, column: 1 }, `the program has ${source.length} characters; at most ${MAX_SOURCE} are right`);
  }
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const skipSpace = () => {
    // White space and comments begin with a space, a control character, a slash or U+FEFF.
    while (source[at] <= ' ' || source[at] === '/' || source[at] === '\uFEFF') {
      const space = match(SPACE);
      if (!space) return;
      for (const { index, 0: end } of space[0].matchAll(LINE_END)) {
        line++;
        lineStart = at + index + end.length;
      }
      at += space[0].length;
    }
  };
  const read = (position: SourcePosition): Token => {
    if (source.startsWith('/*', at)) fail(position, 'the comment is never closed');
    for (const kind of kindsAt(source[at])) {
      const found = match(PATTERNS[kind]);
      if (!found) continue;
      const [whole, inDouble, inSingle] = found;
      at += whole.length;
      const text = kind === 'string' ? (inDouble ?? inSingle) : whole;
      const [most, what] = LIMITS[kind] ?? [text.length, ''];
      if (text.length > most) fail(position, `${what} of ${text.length} characters; at most ${most} are right`);
      return kind === 'integer' || kind === 'real'
        ? endOfNumber({ kind, text, ...position })
        : { kind, text, ...position };
    }
    if (source[at] === '"' || source[at] === "'") fail(position, 'the quote is not closed on its line');
    return fail(position, `${quoted(String.fromCodePoint(source.codePointAt(at) ?? 0), "'")} is not OpenQASM`);
  };
  /** A number may have a unit; any other letter or digit directly after it is an error. */
  const endOfNumber = (number: Token): Token => {
    if (ENDS_NUMBER.has(source[at])) return number;
    const unit = match(UNIT);
    if (unit) {
      at += unit[0].length;
      return { ...number, kind: 'unit', text: number.text + unit[0] };
    }
    const word = match(WORD) ?? match(/[\w.]+/y);
    if (word) fail(number, `${quoted(number.text + word[0], "'")} is not a number`);
    return number;
  };
  return () => {
    skipSpace();
    const position = { line, column: at - lineStart + 1 };
    return at < source.length ? read(position) : { kind: 'end', text: 'the end of the program', ...position };
  };
}
