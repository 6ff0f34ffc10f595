import { echoed } from '@qloom/tensor/quoted.ts';
import type { SourcePosition } from '../errors.ts';
import { parseDesignator, parseExpression, parseList, parseType } from './expression-parser.ts';
import { parseGateCall, parseOperand, parseOperands } from './gate-call-parser.ts';
import { checkBody } from './loop-body.ts';
import { refusalOf } from './refused.ts';
import type { Expression, ForLoop, Operand, ProgramSyntax, Statement } from './syntax.ts';
import { createTokenStream, shown, type TokenStream } from './token-stream.ts';
import { versionOf } from './version.ts';

/**
 * Parses a program of OpenQASM 2 or 3: its version immediately, its statements lazily and only once. Throws
 * OpenQasmError with the file, line and column of the statement.
 */
export function parseOpenQasm(source: string, file: string): ProgramSyntax {
  const { version, header } = versionOf(source, file);
  const tokens = createTokenStream(source, file, version ?? 3);
  if (header) {
    tokens.expect('OPENQASM');
    tokens.next();
    if (version === null) {
      tokens.fail(header, `OpenQASM ${echoed(header.text)} is not supported; 2.0, 3, 3.0 and 3.1 are`);
    }
    tokens.expect(';');
  }
  return { version: version ?? 3, statements: statementsOf(tokens) };
}

function* statementsOf(tokens: TokenStream): Generator<Statement> {
  while (tokens.peek().kind !== 'end') yield* parseStatement(tokens);
}

const at = ({ line, column }: SourcePosition): SourcePosition => ({ line, column });

/** Statement parsers by first word. */
const PARSERS: Readonly<Record<2 | 3, Readonly<Record<string, (tokens: TokenStream) => Statement>>>> = {
  2: {
    include: parseInclude,
    qreg: parseOldRegister,
    creg: parseOldRegister,
    gate: parseGateDefinition,
    barrier: parseBarrier,
    measure: parseMeasure,
    reset: parseReset,
  },
  3: {
    include: parseInclude,
    qreg: parseOldRegister,
    creg: parseOldRegister,
    gate: parseGateDefinition,
    barrier: parseBarrier,
    measure: parseMeasure,
    reset: parseReset,
    qubit: parseRegister,
    bit: parseRegister,
    const: parseConst,
    input: parseInput,
    for: parseFor,
  },
};

/** One statement as a list, which is empty for `;`. */
function parseStatement(tokens: TokenStream): Statement[] {
  const { version } = tokens;
  const token = tokens.peek();
  if (token.kind !== 'identifier') {
    if (tokens.accept(';')) return [];
    if (token.text === '@') tokens.fail(token, 'annotations are not supported');
    tokens.fail(token, `a statement cannot begin with ${shown(token)}`);
  }
  const word = token.text;
  if (Object.hasOwn(PARSERS[version], word)) return [PARSERS[version][word](tokens)];
  if (word === 'OPENQASM') tokens.fail(token, 'the version is the first statement of a program, and occurs once');
  const refusal = refusalOf(word, version);
  if (refusal && !tokens.gates.has(word)) tokens.fail(token, refusal);
  const following = tokens.peek(1);
  if (version === 3 && following.kind === 'symbol' && ['=', '['].includes(following.text))
    return [parseAssignment(tokens)];
  return [parseGateCall(tokens)];
}

function parseInclude(tokens: TokenStream): Statement {
  const start = tokens.next();
  const path = tokens.next();
  if (path.kind !== 'string') tokens.fail(path, `a file name in quotes is right, not ${shown(path)}`);
  tokens.expect(';');
  return { kind: 'include', path: path.text, ...at(start) };
}

/** `qreg q[3];` */
function parseOldRegister(tokens: TokenStream): Statement {
  const start = tokens.next();
  const name = tokens.identifier('a register’s name').text;
  const size = parseDesignator(tokens);
  tokens.expect(';');
  return { kind: 'register', of: start.text === 'qreg' ? 'qubit' : 'bit', name, size, ...at(start) };
}

/** `qubit[3] q;`, `bit b;`, `bit[2] c = measure q;` */
function parseRegister(tokens: TokenStream): Statement {
  const start = tokens.next();
  const size = parseDesignator(tokens);
  const name = tokens.identifier('a register’s name').text;
  let measured: Operand | undefined;
  if (start.text === 'bit' && tokens.accept('=')) {
    if (!tokens.accept('measure')) {
      tokens.fail(tokens.peek(), 'bits hold measurements alone; `= measure q` is right, or `const bit`');
    }
    measured = parseOperand(tokens);
  }
  tokens.expect(';');
  return { kind: 'register', of: start.text as 'qubit' | 'bit', name, size, measured, ...at(start) };
}

function parseGateDefinition(tokens: TokenStream): Statement {
  const start = tokens.next();
  const name = tokens.identifier('a gate’s name').text;
  let angles: string[] = [];
  if (tokens.accept('(')) {
    angles = parseNames(tokens, 'an angle’s name', ')');
    tokens.expect(')');
  }
  const qubits = parseNames(tokens, 'a qubit’s name', '{');
  tokens.gates.add(name);
  const body = parseBlock(tokens);
  checkBody(tokens, body, 'a gate’s body', ['gate', 'barrier', 'for']);
  return { kind: 'define', gate: { name, angles, qubits, body }, ...at(start) };
}

/** Names separated by commas, up to the symbol `end`, which is not consumed; a trailing comma is allowed. */
function parseNames(tokens: TokenStream, what: string, end: string): string[] {
  const names: string[] = [];
  while (!tokens.at(end)) {
    names.push(tokens.identifier(what).text);
    if (!tokens.accept(',')) break;
  }
  return names;
}

function parseBlock(tokens: TokenStream): Statement[] {
  tokens.expect('{');
  return tokens.nested(() => {
    const body: Statement[] = [];
    while (!tokens.accept('}')) {
      if (tokens.peek().kind === 'end') tokens.expect('}');
      for (const statement of parseStatement(tokens)) body.push(statement);
    }
    return body;
  });
}

function parseConst(tokens: TokenStream): Statement {
  const start = tokens.next();
  const type = parseType(tokens, tokens.next());
  const name = tokens.identifier('a constant’s name').text;
  tokens.expect('=');
  const value = parseExpression(tokens);
  tokens.expect(';');
  return { kind: 'const', type, name, value, ...at(start) };
}

function parseInput(tokens: TokenStream): Statement {
  const start = tokens.next();
  const type = parseType(tokens, tokens.next(), ['float', 'angle']);
  const name = tokens.identifier('an input’s name').text;
  tokens.expect(';');
  return { kind: 'input', type, name, ...at(start) };
}

function parseBarrier(tokens: TokenStream): Statement {
  const start = tokens.next();
  const operands = tokens.at(';') ? [] : parseOperands(tokens);
  tokens.expect(';');
  return { kind: 'barrier', operands, ...at(start) };
}

function parseReset(tokens: TokenStream): Statement {
  const start = tokens.next();
  const operand = parseOperand(tokens);
  tokens.expect(';');
  return { kind: 'reset', operand, ...at(start) };
}

/** `measure q -> c;` or `measure q;`, whose result is not stored. */
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
  const name = tokens.next();
  if (tokens.at('in')) tokens.fail(name, `a loop variable has a type: for int ${echoed(name.text)} in …`);
  const type = parseType(tokens, name);
  const variable = tokens.identifier('a loop variable’s name').text;
  tokens.expect('in');
  let range: ForLoop['range'];
  if (tokens.accept('{')) range = { values: parseList(tokens, '}') };
  else {
    tokens.expect('[');
    range = { bounds: parseBounds(tokens) };
    tokens.expect(']');
  }
  const body = tokens.at('{') ? parseBlock(tokens) : tokens.nested(() => parseStatement(tokens));
  checkBody(tokens, body, 'a loop’s body', ['gate', 'barrier', 'for', 'measure', 'reset']);
  return { kind: 'for', type, variable, range, body, ...at(start) };
}

/** `first:last` or `first:step:last`. */
function parseBounds(tokens: TokenStream): Expression[] {
  const bounds = [parseExpression(tokens)];
  while (tokens.accept(':')) bounds.push(parseExpression(tokens));
  if (bounds.length < 2 || bounds.length > 3) tokens.fail(tokens.peek(), 'a range is first:last or first:step:last');
  return bounds;
}
