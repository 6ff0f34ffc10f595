import { type Angle, collected, constant, input, parameter, sum } from '../angle.ts';
import { type Circuit, createCircuitBuilder, type ParameterKind } from '../circuit.ts';
import type { Gate } from '../gate.ts';
import { CALL_COST, createBudget } from './budget.ts';
import { OpenQasmError, type SourcePosition } from './errors.ts';
import { evaluateConstant, evaluateExpression, inner, type Scope } from './evaluate.ts';
import { createGateExpander, type GateExpander } from './gate-expander.ts';
import { loopValues } from './loop.ts';
import { parseOpenQasm } from './parser.ts';
import { SUPPORTED } from './refused.ts';
import { createRegisters } from './registers.ts';
import { INCLUDES } from './standard-gates.ts';
import type { Expression, ForLoop, GateCall, Operand, Statement } from './syntax.ts';

/** A measurement at the end: a qubit, and the bit it goes to where there is one. */
export interface FinalMeasurement {
  readonly qubit: number;
  readonly bit: number | null;
}

/** What a program is. */
export interface OpenQasmProgram {
  readonly version: 2 | 3;
  readonly circuit: Circuit;
  /** The program's names of the circuit's parameters and inputs, in their order. */
  readonly parameterNames: readonly string[];
  readonly inputNames: readonly string[];
  /** The program's names of the qubits, `q[0]` and so on, in the order of their declaration. */
  readonly qubitNames: readonly string[];
  /** In the order of the program. No gate comes after its qubit's. */
  readonly measurements: readonly FinalMeasurement[];
  /** A phase that the whole state carries, which no expectation sees. */
  readonly globalPhase: Angle;
}

/** Settings of {@link readOpenQasm}. */
export interface ReadOptions {
  /** Named in errors. Default `program.qasm`. */
  readonly file?: string;
  /** Which of the program's `input`s are data x_j, in this order; the others are trainable parameters θ_i. Default none. */
  readonly inputs?: readonly string[];
  /** Which of the parameters are weights of inputs. Default none. */
  readonly weights?: readonly string[];
}

/**
 * Reads a program of OpenQASM 2 or 3 as a circuit over the gates of GATES: user gates are inlined, loops unrolled, modifiers
 * carried out exactly. Throws OpenQasmError, which names file, line, column, the construct and what is supported.
 */
export function readOpenQasm(source: string, options: ReadOptions = {}): OpenQasmProgram {
  const { file = 'program.qasm' } = options;
  const { version, statements } = parseOpenQasm(source, file);
  const run = createRun(file, version, options);
  for (const statement of statements) run.execute(statement, run.globals);
  return run.finish();
}

interface Run {
  readonly globals: Scope;
  execute(statement: Statement, scope: Scope): void;
  finish(): OpenQasmProgram;
}

function createRun(file: string, version: 2 | 3, options: ReadOptions): Run {
  const fail = (position: SourcePosition, message: string): never => {
    throw new OpenQasmError(file, position, message);
  };
  const budget = createBudget(fail);
  const context = { file, version, budget };
  const globals = new Map<string, Angle>();
  const registers = createRegisters(file);
  const expander: GateExpander = createGateExpander(context, globals);
  const gates: Gate[] = [];
  const parameterNames: string[] = [];
  const kinds: ParameterKind[] = [];
  const inputNames = options.inputs ?? [];
  const declaredInputs = new Set<string>();
  const measuredAt = new Map<number, number>();
  const measurements: FinalMeasurement[] = [];
  let globalPhase = constant(0);

  const number = (expression: Expression, scope: Scope, what: string): number =>
    evaluateConstant(expression, scope, context, what);
  const resolve = (of: 'qubit' | 'bit', operand: Operand, scope: Scope) =>
    registers.resolve(of, operand, operand.index?.map((index) => number(index, scope, 'an index')) ?? null);

  const call = (statement: GateCall, scope: Scope) => {
    const angles = statement.angles.map((angle) => evaluateExpression(angle, scope, context));
    const operands = statement.operands.map((operand) => resolve('qubit', operand, scope));
    const sizes = new Set(operands.filter(({ many }) => many).map(({ elements }) => elements.length));
    if (sizes.size > 1) fail(statement, `${statement.name} on registers of the sizes ${[...sizes].join(' and ')}`);
    const [times = 1] = sizes;
    for (let i = 0; i < times; i++) {
      const on = operands.map(({ elements, many }) => elements[many ? i : 0]);
      for (const qubit of on) {
        const line = measuredAt.get(qubit);
        if (line === undefined) continue;
        const name = registers.qubitNames[qubit];
        fail(statement, `gate ${statement.name} on ${name}, which line ${line} measures; measurements come last`);
      }
      const { gates: more, phase } = expander.expand(statement, angles, on, scope);
      budget.checkGates(gates.length + more.length, statement);
      for (const gate of more) gates.push(gate);
      globalPhase = collected(sum(globalPhase, phase));
    }
  };

  const measure = (position: SourcePosition, source: Operand, target: Operand | null, scope: Scope) => {
    const from = resolve('qubit', source, scope).elements;
    const to = target && resolve('bit', target, scope).elements;
    if (to && to.length !== from.length) fail(position, `${from.length} qubits are measured into ${to.length} bits`);
    from.forEach((qubit, i) => {
      if (measuredAt.has(qubit)) fail(position, `${registers.qubitNames[qubit]} is measured twice`);
      measuredAt.set(qubit, position.line);
      measurements.push({ qubit, bit: to?.[i] ?? null });
    });
  };

  const declareInput = (statement: Extract<Statement, { kind: 'input' }>) => {
    const { name } = statement;
    if (globals.has(name)) fail(statement, `'${name}' is declared twice`);
    const at = inputNames.indexOf(name);
    declaredInputs.add(name);
    if (at >= 0) globals.set(name, input(at));
    else {
      globals.set(name, parameter(parameterNames.push(name) - 1));
      kinds.push(options.weights?.includes(name) ? 'weight' : 'angle');
    }
  };

  const loop = (statement: ForLoop, scope: Scope) => {
    for (const value of loopValues(statement, (part) => number(part, scope, 'a loop’s range'), fail)) {
      budget.step(statement, CALL_COST);
      const within = inner(scope, [[statement.variable, constant(value)]]);
      for (const inside of statement.body) execute(inside, within);
    }
  };

  const include = (path: string, position: SourcePosition) => {
    if (!Object.hasOwn(INCLUDES, path)) {
      fail(position, `include "${path}" is not read; ${Object.keys(INCLUDES).join(' and ')} are known`);
    }
    expander.include(INCLUDES[path]);
  };

  const declareRegister = (statement: Extract<Statement, { kind: 'register' }>, scope: Scope) => {
    const size = statement.size ? number(statement.size, scope, 'a size') : null;
    registers.declare(statement.of, statement.name, size, statement);
    if (statement.measured) measure(statement, statement.measured, { ...statement }, scope);
  };

  const declareConstant = (statement: Extract<Statement, { kind: 'const' }>) => {
    if (globals.has(statement.name)) fail(statement, `'${statement.name}' is declared twice`);
    globals.set(statement.name, constant(number(statement.value, globals, 'a constant')));
  };

  const executors: { [K in Statement['kind']]: (statement: Extract<Statement, { kind: K }>, scope: Scope) => void } = {
    include: (statement) => include(statement.path, statement),
    register: declareRegister,
    define: (statement) => expander.define(statement.gate, statement),
    const: declareConstant,
    input: declareInput,
    barrier: () => undefined,
    measure: (statement, scope) => measure(statement, statement.source, statement.target, scope),
    for: (statement, scope) => loop(statement, scope),
    gate: call,
  };
  const execute = <K extends Statement['kind']>(statement: Extract<Statement, { kind: K }>, scope: Scope): void =>
    executors[statement.kind as K](statement, scope);

  return {
    globals,
    execute,
    finish() {
      if (registers.qubits === 0) fail({ line: 1, column: 1 }, `the program has no qubits; ${SUPPORTED}`);
      const missing = inputNames.find((name) => !declaredInputs.has(name));
      if (missing !== undefined) fail({ line: 1, column: 1 }, `the program has no input '${missing}'`);
      const builder = createCircuitBuilder({ qubits: registers.qubits, inputs: inputNames.length });
      for (const kind of kinds) builder.parameter(kind);
      const circuit = builder.append(gates).build();
      const { qubitNames } = registers;
      return { version, circuit, parameterNames, inputNames, qubitNames, measurements, globalPhase };
    },
  };
}
