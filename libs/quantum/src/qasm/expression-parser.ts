import type { Expression } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

/** Binding strength of binary operators; `^` is OpenQASM 2's power and refused in 3, where it is an exclusive or. */
const STRENGTH: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '**': 4, '^': 4 };
const NEGATION = 3;

/** Parses an expression over numbers, names, functions, + − * / % and powers. Throws OpenQasmError. */
export const parseExpression = (tokens: TokenStream): Expression => parseBinary(tokens, 1);

function parseBinary(tokens: TokenStream, least: number): Expression {
  return tokens.nested(() => {
    let left = parseOperand(tokens);
    for (;;) {
      const token = tokens.peek();
      const strength = token.kind === 'symbol' ? (STRENGTH[token.text] ?? 0) : 0;
      if (strength < least || strength === 0) return left;
      tokens.next();
      // Powers bind to the right, everything else to the left.
      const right = parseBinary(tokens, strength === 4 ? NEGATION : strength + 1);
      left = { kind: 'binary', operator: token.text, left, right, line: token.line, column: token.column };
    }
  });
}

function parseOperand(tokens: TokenStream): Expression {
  const token = tokens.next();
  const { line, column } = token;
  if (token.kind === 'symbol' && token.text === '-') {
    return { kind: 'negate', of: parseBinary(tokens, NEGATION), line, column };
  }
  if (token.kind === 'symbol' && token.text === '+') return parseBinary(tokens, NEGATION);
  if (token.kind === 'symbol' && token.text === '(') {
    const inner = tokens.nested(() => parseExpression(tokens));
    tokens.expect(')');
    return inner;
  }
  if (token.kind === 'integer' || token.kind === 'real') {
    return { kind: 'number', value: Number(token.text.replaceAll('_', '')), line, column };
  }
  if (token.kind === 'identifier') {
    if (!tokens.accept('(')) return { kind: 'name', name: token.text, line, column };
    return { kind: 'call', name: token.text, arguments: parseList(tokens, ')'), line, column };
  }
  return tokens.fail(token, `a number, a name or '(' is right, not '${token.text}'`);
}

/** Parses expressions between commas, up to and with the symbol `close`. */
export function parseList(tokens: TokenStream, close: string): Expression[] {
  const list: Expression[] = [];
  if (tokens.accept(close)) return list;
  do list.push(parseExpression(tokens));
  while (tokens.accept(','));
  tokens.expect(close);
  return list;
}
