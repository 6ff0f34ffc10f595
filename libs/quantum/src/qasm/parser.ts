import type { SourcePosition } from './errors.ts';
import { parseExpression, parseList } from './expression-parser.ts';
import { refusalOf } from './refused.ts';
import type { Expression, ForLoop, GateCall, Modifier, Operand, ProgramSyntax, Statement } from './syntax.ts';
import { createTokenStream, type TokenStream } from './token-stream.ts';

/** Parses a program of OpenQASM 2 or 3. Throws OpenQasmError with file, line and column. */
export function parseOpenQasm(source: string, file: string): ProgramSyntax {
  const tokens = createTokenStream(source, file);
  const declared = parseVersion(tokens);
  const statements: Statement[] = [];
  while (tokens.peek().kind !== 'end') statements.push(...parseStatement(tokens));
  const qelib1 = statements.some((statement) => statement.kind === 'include' && statement.path === 'qelib1.inc');
  return { version: declared ?? (qelib1 ? 2 : 3), statements };
}

function parseVersion(tokens: TokenStream): 2 | 3 | null {
  if (!tokens.accept('OPENQASM')) return null;
  const version = tokens.next();
  tokens.expect(';');
  if (/^2(\.0)?$/.test(version.text)) return 2;
  if (/^3(\.\d)?$/.test(version.text)) return 3;
  return tokens.fail(version, `OpenQASM ${version.text} is not supported; 2.0, 3, 3.0 and 3.1 are`);
}

const at = ({ line, column }: SourcePosition): SourcePosition => ({ line, column });

/** One statement; a list because `{ … }` may stand for several. */
function parseStatement(tokens: TokenStream): Statement[] {
  const token = tokens.peek();
  if (token.kind !== 'identifier') {
    if (token.text === ';' && tokens.accept(';')) return [];
    tokens.fail(token, `a statement cannot begin with '${token.text}'`);
  }
  const word = token.text;
  switch (word) {
    case 'include':
      return [parseInclude(tokens)];
    case 'qreg':
    case 'creg':
      return [parseOldRegister(tokens)];
    case 'qubit':
    case 'bit':
      return [parseRegister(tokens)];
    case 'gate':
      return [parseGateDefinition(tokens)];
    case 'const':
      return [parseConst(tokens)];
    case 'input':
      return [parseInput(tokens)];
    case 'barrier':
      tokens.next();
      if (tokens.peek().text !== ';') parseOperands(tokens);
      tokens.expect(';');
      return [{ kind: 'barrier', ...at(token) }];
    case 'measure':
      return [parseMeasure(tokens)];
    case 'for':
      return [parseFor(tokens)];
  }
  const following = tokens.peek(1).text;
  const refusal = refusalOf(word);
  if (refusal) tokens.fail(token, refusal);
  if (following === '=' || following === '[') return [parseAssignment(tokens)];
  return [parseGateCall(tokens)];
}

function parseInclude(tokens: TokenStream): Statement {
  const start = tokens.next();
  const path = tokens.next();
  if (path.kind !== 'string') tokens.fail(path, `a file name in quotes is right, not '${path.text}'`);
  tokens.expect(';');
  return { kind: 'include', path: path.text, ...at(start) };
}

/** `qreg q[3];` */
function parseOldRegister(tokens: TokenStream): Statement {
  const start = tokens.next();
  const name = tokens.identifier('a register’s name').text;
  const size = parseSize(tokens);
  tokens.expect(';');
  return { kind: 'register', of: start.text === 'qreg' ? 'qubit' : 'bit', name, size, ...at(start) };
}

/** `qubit[3] q;`, `bit b;`, `bit[2] c = measure q;` */
function parseRegister(tokens: TokenStream): Statement {
  const start = tokens.next();
  const size = parseSize(tokens);
  const name = tokens.identifier('a register’s name').text;
  let measured: Operand | undefined;
  if (start.text === 'bit' && tokens.accept('=')) {
    if (!tokens.accept('measure')) tokens.fail(tokens.peek(), 'bits hold measurements alone; `= measure q` is right');
    measured = parseOperand(tokens);
  }
  tokens.expect(';');
  return { kind: 'register', of: start.text as 'qubit' | 'bit', name, size, measured, ...at(start) };
}

function parseSize(tokens: TokenStream): Expression | undefined {
  if (!tokens.accept('[')) return undefined;
  const size = parseExpression(tokens);
  tokens.expect(']');
  return size;
}

function parseGateDefinition(tokens: TokenStream): Statement {
  const start = tokens.next();
  const name = tokens.identifier('a gate’s name').text;
  const angles: string[] = [];
  if (tokens.accept('(') && !tokens.accept(')')) {
    do angles.push(tokens.identifier('an angle’s name').text);
    while (tokens.accept(','));
    tokens.expect(')');
  }
  const qubits: string[] = [];
  if (tokens.peek().text !== '{') {
    do qubits.push(tokens.identifier('a qubit’s name').text);
    while (tokens.accept(','));
  }
  const body = parseBlock(tokens);
  checkBody(tokens, body, 'a gate’s body', ['gate', 'barrier', 'for']);
  return { kind: 'define', gate: { name, angles, qubits, body }, ...at(start) };
}

function checkBody(
  tokens: TokenStream,
  body: readonly Statement[],
  where: string,
  allowed: readonly Statement['kind'][],
) {
  for (const statement of body) {
    if (!allowed.includes(statement.kind)) {
      tokens.fail(statement, `${where} has statements of the kinds ${allowed.join(', ')}, not ${statement.kind}`);
    }
    if (statement.kind === 'for') checkBody(tokens, statement.body, where, allowed);
  }
}

function parseBlock(tokens: TokenStream): Statement[] {
  tokens.expect('{');
  return tokens.nested(() => {
    const body: Statement[] = [];
    while (!tokens.accept('}')) {
      if (tokens.peek().kind === 'end') tokens.expect('}');
      body.push(...parseStatement(tokens));
    }
    return body;
  });
}

/** A type's name with its width in brackets, which does not matter here. */
function parseType(tokens: TokenStream, allowed: readonly string[]): void {
  const type = tokens.identifier('a type');
  if (!allowed.includes(type.text))
    tokens.fail(type, `the type ${type.text} is not supported; ${allowed.join(', ')} are`);
  parseSize(tokens);
}

function parseConst(tokens: TokenStream): Statement {
  const start = tokens.next();
  parseType(tokens, ['float', 'angle', 'int', 'uint']);
  const name = tokens.identifier('a constant’s name').text;
  tokens.expect('=');
  const value = parseExpression(tokens);
  tokens.expect(';');
  return { kind: 'const', name, value, ...at(start) };
}

function parseInput(tokens: TokenStream): Statement {
  const start = tokens.next();
  parseType(tokens, ['float', 'angle']);
  const name = tokens.identifier('an input’s name').text;
  tokens.expect(';');
  return { kind: 'input', name, ...at(start) };
}

/** `measure q -> c;` or, for its effect alone, `measure q;` */
function parseMeasure(tokens: TokenStream): Statement {
  const start = tokens.next();
  const source = parseOperand(tokens);
  const target = tokens.accept('->') ? parseOperand(tokens) : null;
  tokens.expect(';');
  return { kind: 'measure', source, target, ...at(start) };
}

/** `c[0] = measure q[0];` */
function parseAssignment(tokens: TokenStream): Statement {
  const target = parseOperand(tokens);
  tokens.expect('=');
  if (!tokens.accept('measure')) tokens.fail(tokens.peek(), 'only measurements are assigned; `= measure q` is right');
  const source = parseOperand(tokens);
  tokens.expect(';');
  return { kind: 'measure', source, target, ...at(target) };
}

function parseFor(tokens: TokenStream): Statement {
  const start = tokens.next();
  if (['int', 'uint', 'float', 'angle'].includes(tokens.peek().text))
    parseType(tokens, ['int', 'uint', 'float', 'angle']);
  const variable = tokens.identifier('a loop variable’s name').text;
  tokens.expect('in');
  let range: ForLoop['range'];
  if (tokens.accept('{')) range = { values: parseList(tokens, '}') };
  else {
    tokens.expect('[');
    range = { bounds: parseBounds(tokens) };
    tokens.expect(']');
  }
  const body = tokens.peek().text === '{' ? parseBlock(tokens) : tokens.nested(() => parseStatement(tokens));
  checkBody(tokens, body, 'a loop’s body', ['gate', 'barrier', 'for', 'measure']);
  return { kind: 'for', variable, range, body, ...at(start) };
}

/** `first:last` or `first:step:last`. */
function parseBounds(tokens: TokenStream): Expression[] {
  const bounds = [parseExpression(tokens)];
  while (tokens.accept(':')) bounds.push(parseExpression(tokens));
  if (bounds.length < 2 || bounds.length > 3) tokens.fail(tokens.peek(), 'a range is first:last or first:step:last');
  return bounds;
}

function parseGateCall(tokens: TokenStream): GateCall {
  const start = tokens.peek();
  const modifiers: Modifier[] = [];
  while (['ctrl', 'negctrl', 'inv', 'pow'].includes(tokens.peek().text) && '(@'.includes(tokens.peek(1).text)) {
    const token = tokens.next();
    let argument: Expression | undefined;
    if (tokens.accept('(')) {
      argument = parseExpression(tokens);
      tokens.expect(')');
    }
    tokens.expect('@');
    modifiers.push({ kind: token.text as Modifier['kind'], argument, ...at(token) });
  }
  const name = tokens.identifier('a gate’s name');
  const angles = tokens.accept('(') ? parseList(tokens, ')') : [];
  const operands = tokens.peek().text === ';' ? [] : parseOperands(tokens);
  tokens.expect(';');
  return { kind: 'gate', name: name.text, modifiers, angles, operands, ...at(modifiers.length > 0 ? start : name) };
}

function parseOperands(tokens: TokenStream): Operand[] {
  const operands: Operand[] = [];
  do operands.push(parseOperand(tokens));
  while (tokens.accept(','));
  return operands;
}

function parseOperand(tokens: TokenStream): Operand {
  if (tokens.peek().text === '$')
    tokens.fail(tokens.peek(), 'physical qubits ($0) are not supported; qubit registers are');
  const name = tokens.identifier('a register');
  if (!tokens.accept('[')) return { name: name.text, ...at(name) };
  if (tokens.accept('{')) {
    const index = parseList(tokens, '}');
    tokens.expect(']');
    return { name: name.text, index, ...at(name) };
  }
  const index = [parseExpression(tokens)];
  while (tokens.accept(':')) index.push(parseExpression(tokens));
  if (index.length > 3) tokens.fail(name, 'a slice is first:last or first:step:last');
  tokens.expect(']');
  return { name: name.text, index, slice: index.length > 1, ...at(name) };
}
