import { quoted } from '@qloom/tensor/quoted.ts';
import { OpenQasmError, type SourcePosition } from '../errors.ts';
import { MAX_DEPTH } from '../source-limits.ts';
import { createLexer, type Token } from './lexer.ts';
import { isReserved } from './reserved-words.ts';

/** The tokens of a program, consumed in order. */
export interface TokenStream {
  readonly file: string;
  /** The version of OpenQASM that determines reserved words and numbers. */
  readonly version: 2 | 3;
  /** Names of the gates defined so far: in OpenQASM 2, a reserved word of OpenQASM 3 may be one. */
  readonly gates: Set<string>;
  /** The next token, or the one after it. */
  peek(ahead?: 0 | 1): Token;
  next(): Token;
  /** Whether the next token is this symbol or word. */
  at(text: string): boolean;
  /** Takes the next token if it is this symbol or word. */
  accept(text: string): boolean;
  /** Takes this symbol or word; throws OpenQasmError if the next token is another. */
  expect(text: string): Token;
  /** Takes a name; throws OpenQasmError, which says that `what` was expected, also for a reserved word. */
  identifier(what: string): Token;
  /** Throws OpenQasmError with a position. */
  fail(position: SourcePosition, message: string): never;
  /** Runs `parse` at one more level of nesting. */
  nested<T>(parse: () => T): T;
}

/** Starts reading. Throws OpenQasmError if the text has characters that are not OpenQASM. */
export function createTokenStream(source: string, file: string, version: 2 | 3): TokenStream {
  const lex = createLexer(source, file);
  const ahead: Token[] = [];
  let depth = 0;
  const is = (token: Token, text: string) => token.text === text && token.kind !== 'string' && token.kind !== 'end';
  const stream: TokenStream = {
    file,
    version,
    gates: new Set(),
    peek(offset = 0) {
      while (ahead.length <= offset) ahead.push(lex());
      return ahead[offset];
    },
    next() {
      const token = stream.peek();
      ahead.shift();
      return token;
    },
    at: (text) => is(stream.peek(), text),
    accept(text) {
      if (!stream.at(text)) return false;
      stream.next();
      return true;
    },
    expect(text) {
      if (!stream.at(text)) stream.fail(stream.peek(), `'${text}' is right, not ${shown(stream.peek())}`);
      return stream.next();
    },
    identifier(what) {
      const token = stream.peek();
      if (token.kind !== 'identifier') stream.fail(token, `${what} is right, not ${shown(token)}`);
      if (isReserved(token.text, version)) {
        stream.fail(token, `${what} is right, not ${shown(token)}, which is a word of OpenQASM ${version}`);
      }
      return stream.next();
    },
    fail(position, message) {
      throw new OpenQasmError(file, position, message);
    },
    nested(parse) {
      if (++depth > MAX_DEPTH) stream.fail(stream.peek(), `nested more than ${MAX_DEPTH} deep`);
      const result = parse();
      depth--;
      return result;
    },
  };
  return stream;
}

/** A token as shown in messages. */
export const shown = ({ kind, text }: Token): string => (kind === 'end' ? text : quoted(text, "'"));
