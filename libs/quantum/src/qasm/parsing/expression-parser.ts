import { echoed } from '@qloom/tensor/quoted.ts';
import { MAX_DEPTH } from '../source-limits.ts';
import type { Token } from './lexer.ts';
import { literal } from './literal.ts';
import type { Expression, Instruction, TypeSyntax } from './syntax.ts';
import { shown, type TokenStream } from './token-stream.ts';

const LEVELS = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Binding strength of binary operators. OpenQASM 2 has only arithmetic, and its `^` is a power. */
const STRENGTH: Readonly<Record<2 | 3, ReadonlyMap<string, number>>> = {
  2: new Map(Object.entries({ '+': 9, '-': 9, '*': 10, '/': 10, '^': 12 })),
  3: new Map([...LEVELS.flatMap((level, i) => level.map((operator) => [operator, i + 1] as const)), ['**', 12]]),
};
const SIGN = 11;
const POWER = 12;
const SIGNS: Readonly<Record<2 | 3, readonly string[]>> = { 2: ['-', '+'], 3: ['-', '!', '~'] };

/** An entry of the operator stack: an operator, or an open parenthesis and the construct that it belongs to. */
type Pending =
  | { readonly open: false; readonly strength: number; readonly instruction: Instruction | null }
  | {
      readonly open: true;
      readonly close: (count: number) => Instruction | null;
      readonly list: boolean;
      count: number;
    };

/**
 * Parses an expression into postfix order, by Dijkstra's shunting-yard algorithm, without recursion. Throws
 * OpenQasmError, also if signs, powers and parentheses are nested too deeply.
 */
export function parseExpression(tokens: TokenStream): Expression {
  const { version } = tokens;
  // Most expressions are one number or name.
  if (ENDS_EXPRESSION.has(tokens.peek(1).text)) {
    const only = tokens.next();
    return [atom(tokens, only)];
  }
  const out: Instruction[] = [];
  const pending: Pending[] = [];
  let depth = 0;
  const push = (entry: Pending, token: Token) => {
    const nests = entry.open || entry.strength >= SIGN;
    if (nests && ++depth > MAX_DEPTH) tokens.fail(token, `nested more than ${MAX_DEPTH} deep`);
    pending.push(entry);
  };
  /** Pops operators that bind at least as strongly; operators of equal strength are left-associative, except powers. */
  const reduce = (strength: number) => {
    for (let top = pending.at(-1); top && !top.open && top.strength >= strength; top = pending.at(-1)) {
      if (top.strength >= SIGN) depth--;
      if (top.instruction) out.push(top.instruction);
      pending.pop();
    }
  };
  /** The innermost open parenthesis, or undefined in the outermost expression. */
  const innermost = () => pending.findLast((entry) => entry.open);
  const close = () => {
    reduce(0);
    const entry = pending.pop();
    depth--;
    const instruction = entry?.open ? entry.close(entry.count) : null;
    if (instruction) out.push(instruction);
  };

  /** An operand, with the signs and parentheses before it. */
  const operand = () => {
    for (;;) {
      const token = tokens.next();
      const { line, column, text } = token;
      const position = { line, column };
      if (token.kind === 'symbol' && SIGNS[version].includes(text)) {
        const instruction = text === '+' ? null : ({ kind: 'unary', operator: text, ...position } as const);
        push({ open: false, strength: SIGN, instruction }, token);
      } else if (token.kind === 'symbol' && text === '(') {
        push({ open: true, close: () => null, list: false, count: 1 }, token);
      } else if (version === 3 && token.kind === 'identifier' && isTypeName(text)) {
        const type = parseType(tokens, token);
        tokens.expect('(');
        push({ open: true, close: () => ({ kind: 'cast', type, ...position }), list: false, count: 1 }, token);
      } else if (token.kind === 'identifier' && tokens.at('(') && !isKeyword(text, version)) {
        tokens.next();
        const call = (count: number) => ({ kind: 'call', name: text, count, ...position }) as const;
        if (!tokens.accept(')')) push({ open: true, close: call, list: true, count: 1 }, token);
        else {
          out.push(call(0));
          return;
        }
      } else {
        out.push(atom(tokens, token));
        return;
      }
    }
  };
  for (;;) {
    operand();
    for (;;) {
      const token = tokens.peek();
      const open = innermost();
      if (open && tokens.at(')')) {
        tokens.next();
        close();
        continue;
      }
      if (open?.list && tokens.at(',')) {
        tokens.next();
        reduce(0);
        // A comma may come after the last argument, too.
        if (tokens.at(')')) continue;
        open.count++;
        break;
      }
      const strength = token.kind === 'symbol' ? STRENGTH[version].get(token.text) : undefined;
      if (strength === undefined) {
        if (open) tokens.expect(')');
        reduce(0);
        return out;
      }
      tokens.next();
      reduce(strength === POWER ? POWER + 1 : strength);
      const { line, column } = token;
      const text = version === 2 && token.text === '^' ? '**' : token.text;
      push({ open: false, strength, instruction: { kind: 'binary', operator: text, line, column } }, token);
      break;
    }
  }
}

const ENDS_EXPRESSION = new Set([...',;:)]}']);

const isKeyword = (word: string, version: 2 | 3) =>
  version === 3 && (word === 'pow' || word === 'true' || word === 'false');

/** A number, a text or a name. */
function atom(tokens: TokenStream, token: Token): Instruction {
  const { line, column, text } = token;
  const value = literal(tokens, token);
  if (value) return { kind: 'literal', value, line, column };
  if (token.kind === 'identifier') {
    if (isKeyword(text, tokens.version)) tokens.fail(token, `'${text}' is a word of OpenQASM 3; a power is a ** b`);
    return { kind: 'name', name: text, line, column };
  }
  return tokens.fail(token, `a number, a name or '(' is right, not ${shown(token)}`);
}

/** Parses expressions between commas, up to and with the symbol `close`; a comma may come after the last. */
export function parseList(tokens: TokenStream, close: string): Expression[] {
  const list: Expression[] = [];
  while (!tokens.accept(close)) {
    list.push(parseExpression(tokens));
    if (!tokens.accept(',')) {
      tokens.expect(close);
      break;
    }
  }
  return list;
}

const TYPES: readonly TypeSyntax['kind'][] = ['bool', 'bit', 'int', 'uint', 'float', 'angle'];

/** Types of the language that circuits do not use. */
const OTHER_TYPES = ['complex', 'duration', 'stretch', 'array', 'void'];

const isTypeName = (word: string): boolean => TYPES.some((type) => type === word) || OTHER_TYPES.includes(word);

/** Parses the rest of a type whose name is `name`. Throws OpenQasmError if it is not one of `allowed`. */
export function parseType(tokens: TokenStream, name: Token, allowed = TYPES): TypeSyntax {
  const { line, column, text } = name;
  const kind = allowed.find((type) => type === text);
  if (kind === undefined)
    return tokens.fail(name, `the type ${echoed(text)} is not supported; ${allowed.join(', ')} are`);
  return { kind, width: parseDesignator(tokens), line, column };
}

/** An optional `[size]`. */
export function parseDesignator(tokens: TokenStream): Expression | undefined {
  if (!tokens.accept('[')) return undefined;
  return tokens.nested(() => {
    const size = parseExpression(tokens);
    tokens.expect(']');
    return size;
  });
}
