import { OpenQasmError, type SourcePosition } from './errors.ts';
import { type Token, tokenize } from './lexer.ts';

/** How deep expressions, loops and blocks may nest; more is refused before the stack overflows. */
const MAX_DEPTH = 200;

/** The tokens of a program, read from the front. */
export interface TokenStream {
  readonly file: string;
  /** The next token, or the one after it. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token where it is this symbol or word. */
  accept(text: string): boolean;
  /** Takes this symbol or word; throws OpenQasmError where something else comes. */
  expect(text: string): Token;
  /** Takes an identifier; throws OpenQasmError, which says `what` was to come. */
  identifier(what: string): Token;
  /** Throws OpenQasmError at a position. */
  fail(position: SourcePosition, message: string): never;
  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T;
}

/** Starts reading. Throws OpenQasmError where the text has characters that are not OpenQASM. */
export function createTokenStream(source: string, file: string): TokenStream {
  const tokens = tokenize(source, file);
  let at = 0;
  let depth = 0;
  const is = (token: Token, text: string) => token.text === text && token.kind !== 'string' && token.kind !== 'end';
  const stream: TokenStream = {
    file,
    peek: (ahead = 0) => tokens[Math.min(at + ahead, tokens.length - 1)],
    next: () => tokens[at < tokens.length - 1 ? at++ : at],
    accept(text) {
      if (!is(stream.peek(), text)) return false;
      stream.next();
      return true;
    },
    expect(text) {
      if (!is(stream.peek(), text)) stream.fail(stream.peek(), `'${text}' is right, not ${quoted(stream.peek())}`);
      return stream.next();
    },
    identifier(what) {
      if (stream.peek().kind !== 'identifier')
        stream.fail(stream.peek(), `${what} is right, not ${quoted(stream.peek())}`);
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

const quoted = (token: Token) => (token.kind === 'end' ? token.text : `'${token.text}'`);
