import { parseExpression, parseList } from './expression-parser.ts';
import type { Expression, GateCall, Modifier, Operand } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

const MODIFIERS: readonly string[] = ['ctrl', 'negctrl', 'inv', 'pow'];

/** Parses `modifiers @ name(angles) operands;`. Throws OpenQasmError. */
export function parseGateCall(tokens: TokenStream): GateCall {
  const { version } = tokens;
  const start = tokens.peek();
  const modifiers: Modifier[] = [];
  while (version === 3 && MODIFIERS.includes(tokens.peek().text)) modifiers.push(parseModifier(tokens));
  const name = version === 3 && tokens.at('gphase') ? tokens.next() : tokens.identifier('a gate’s name');
  const angles = tokens.accept('(') ? parseList(tokens, ')') : [];
  const operands = tokens.at(';') ? [] : parseOperands(tokens);
  tokens.expect(';');
  const { line, column } = modifiers.length > 0 ? start : name;
  return { kind: 'gate', name: name.text, modifiers, angles, operands, line, column };
}

function parseModifier(tokens: TokenStream): Modifier {
  const token = tokens.next();
  const kind = token.text as Modifier['kind'];
  let argument: Expression | undefined;
  if (tokens.at('(')) {
    if (kind === 'inv') tokens.fail(tokens.peek(), 'inv takes no argument; `inv @` is right');
    tokens.next();
    argument = parseExpression(tokens);
    tokens.expect(')');
  } else if (kind === 'pow') tokens.fail(tokens.peek(), 'pow takes an exponent; `pow(2) @` is right');
  tokens.expect('@');
  return { kind, argument, line: token.line, column: token.column };
}

/** Parses operands between commas; a comma may come after the last. */
export function parseOperands(tokens: TokenStream): Operand[] {
  const operands: Operand[] = [];
  do operands.push(parseOperand(tokens));
  while (tokens.accept(',') && !tokens.at(';'));
  return operands;
}

/** Parses a register, an element or a slice of it. */
export function parseOperand(tokens: TokenStream): Operand {
  if (tokens.at('$')) tokens.fail(tokens.peek(), 'physical qubits ($0) are not supported; qubit registers are');
  const { text: name, line, column } = tokens.identifier('a register');
  if (!tokens.accept('[')) return { name, line, column };
  if (tokens.version === 3 && tokens.accept('{')) {
    const index = parseList(tokens, '}');
    if (index.length === 0) tokens.fail({ line, column }, 'a list of elements is empty; one or more are right');
    tokens.expect(']');
    return { name, index, of: 'list', line, column };
  }
  const index = [parseExpression(tokens)];
  while (tokens.version === 3 && tokens.accept(':')) index.push(parseExpression(tokens));
  if (index.length > 3) tokens.fail({ line, column }, 'a slice is first:last or first:step:last');
  tokens.expect(']');
  return { name, index, ...(index.length > 1 ? { of: 'slice' } : {}), line, column };
}
