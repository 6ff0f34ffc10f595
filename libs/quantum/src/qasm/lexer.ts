import { OpenQasmError, type SourcePosition } from './errors.ts';

/** A word, number, string or symbol of a program. */
export interface Token extends SourcePosition {
  readonly kind: 'identifier' | 'integer' | 'real' | 'string' | 'symbol' | 'end';
  /** As it is written; a string without its quotes. */
  readonly text: string;
}

const REAL = /(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?|\d[\d_]*[eE][+-]?\d+/y;
const INTEGER = /0[xX][\da-fA-F_]+|0[bB][01_]+|0o[0-7_]+|\d[\d_]*/y;
const IDENTIFIER = /[A-Za-z_\p{L}][\w\p{L}]*/uy;
const SYMBOL = /->|==|!=|<=|>=|&&|\|\||\+\+|\*\*|\+=|-=|\*=|\/=|<<|>>|[{}[\]();,:@=+\-*/^<>%$#!&|~.]/y;
const SPACE = /(?:[ \t\r\n\v\f\uFEFF]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const STRING = /"([^"\n]*)"|'([^'\n]*)'/y;

/** Splits a program into tokens; the last has the kind `end`. Throws OpenQasmError at a character that starts none. */
export function tokenize(source: string, file: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const advance = (text: string) => {
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) {
      line++;
      lineStart = at + i + 1;
    }
    at += text.length;
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const KINDS = [
    ['real', REAL],
    ['integer', INTEGER],
    ['identifier', IDENTIFIER],
    ['string', STRING],
    ['symbol', SYMBOL],
  ] as const;
  while (at < source.length) {
    const space = match(SPACE);
    if (space) {
      advance(space[0]);
      continue;
    }
    const position = { line, column: at - lineStart + 1 };
    if (source.startsWith('/*', at)) throw new OpenQasmError(file, position, 'the comment is never closed');
    const found = KINDS.map(([kind, pattern]) => ({ kind, text: match(pattern) })).find(({ text }) => text !== null);
    if (!found?.text) {
      throw new OpenQasmError(file, position, `'${String.fromCodePoint(source.codePointAt(at) ?? 0)}' is not OpenQASM`);
    }
    const [whole, inDouble, inSingle] = found.text;
    tokens.push({ kind: found.kind, text: found.kind === 'string' ? (inDouble ?? inSingle) : whole, ...position });
    advance(whole);
  }
  tokens.push({ kind: 'end', text: 'the end of the program', line, column: at - lineStart + 1 });
  return tokens;
}
