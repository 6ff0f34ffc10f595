import { quoted } from '@qloom/tensor/quoted.ts';
import { type Circuit, createCircuitBuilder, type ParameterKind } from '../circuit.ts';
import { type Angle, input, parameter } from '../gates/angle.ts';
import type { Gate } from '../gates/gate.ts';
import { CALL_COST, createBudget } from './budget.ts';
import { OpenQasmError, type SourcePosition } from './errors.ts';
import {
  evaluateAngle,
  evaluateConstant,
  evaluateInteger,
  inner,
  isConstant,
  positionOf,
  resolveType,
  type Scope,
} from './evaluate.ts';
import { createGateExpander, type GateExpander } from './gates/gate-expander.ts';
import { createPhaseSum } from './gates/phase-sum.ts';
import { INCLUDES } from './gates/standard-gates.ts';
import { parseOpenQasm } from './parsing/parser.ts';
import { SUPPORTED } from './parsing/refused.ts';
import type { ForLoop, GateCall, Operand, Statement } from './parsing/syntax.ts';
import { createQubitUses, type FinalMeasurement } from './qubit-uses.ts';
import { loopValues } from './range.ts';
import { createRegisters } from './registers.ts';
import { MAX_INPUTS } from './source-limits.ts';
import { floatValue, type Value } from './values/classical-value.ts';
import { promote } from './values/convert.ts';

/** The result of reading a program. */
export interface OpenQasmProgram {
  readonly version: 2 | 3;
  readonly circuit: Circuit;
  /** The program's names of the circuit's parameters and inputs, in order. */
  readonly parameterNames: readonly string[];
  readonly inputNames: readonly string[];
  /** The program's names of the qubits, such as `q[0]`, in the order of declaration. */
  readonly qubitNames: readonly string[];
  /** In the order of the program. No gate follows the measurement of its qubit. */
  readonly measurements: readonly FinalMeasurement[];
  /** Global phase of the state, which does not affect expectations. */
  readonly globalPhase: Angle;
}

/** Settings of {@link readOpenQasm}. */
export interface ReadOptions {
  /** File name for error messages. Default `program.qasm`. */
  readonly file?: string;
  /**
   * The `input`s of the program that are data x_j: their names in this order, or a function from a name to j, or to
   * null for a trainable parameter θ_i. Default none.
   */
  readonly inputs?: readonly string[] | ((name: string) => number | null);
  /** The parameters that are weights of inputs. Default none. */
  readonly weights?: readonly string[];
}

/**
 * Reads a program of OpenQASM 2 or 3 as a circuit over the gates of GATES: user gates are inlined, loops unrolled,
 * modifiers applied exactly, expressions evaluated by the types of the language. Statements are executed as they are
 * parsed, so that the first error of the text is reported. Throws OpenQasmError, which names file, line, column, the
 * construct and what is supported.
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
  const globals = new Map<string, Value>();
  const registers = createRegisters(file);
  const expander: GateExpander = createGateExpander(context, globals);
  const uses = createQubitUses(file, registers.qubitNames);
  const gates: Gate[] = [];
  const parameterNames: string[] = [];
  const kinds: ParameterKind[] = [];
  const inputNames = new Map<number, string>();
  const globalPhase = createPhaseSum();
  const { inputs = [], weights } = options;
  const inputIndex = (name: string): number | null => {
    if (typeof inputs === 'function') return inputs(name);
    const at = inputs.indexOf(name);
    return at < 0 ? null : at;
  };

  const resolve = (of: 'qubit' | 'bit', operand: Operand, scope: Scope) =>
    registers.resolve(
      of,
      operand,
      operand.index?.map((index) => evaluateInteger(index, scope, context, 'an index')) ?? null,
    );

  const call = (statement: GateCall, scope: Scope) => {
    const angles = statement.angles.map((angle) => evaluateAngle(angle, scope, context));
    const operands = statement.operands.map((operand) => resolve('qubit', operand, scope));
    const sizes = new Set(operands.filter(({ many }) => many).map(({ elements }) => elements.length));
    if (sizes.size > 1) fail(statement, `${statement.name} on registers of the sizes ${[...sizes].join(' and ')}`);
    const [times = 1] = sizes;
    for (let i = 0; i < times; i++) {
      const on = operands.map(({ elements, many }) => elements[many ? i : 0]);
      uses.gate(statement, on);
      const { gates: more, phase } = expander.expand(statement, angles, on, scope);
      budget.checkGates(gates.length + more.length, statement);
      for (const gate of more) gates.push(gate);
      globalPhase.add(phase);
    }
  };

  const measure = (position: SourcePosition, source: Operand, target: Operand | null, scope: Scope) => {
    const from = resolve('qubit', source, scope).elements;
    const to = target && resolve('bit', target, scope).elements;
    if (to && to.length !== from.length) fail(position, `${from.length} qubits are measured into ${to.length} bits`);
    from.forEach((qubit, i) => {
      uses.measure(position, qubit, to?.[i] ?? null);
    });
  };

  const declare = (position: SourcePosition, name: string) => {
    if (globals.has(name) || registers.has(name)) fail(position, `${quoted(name, "'")} is declared twice`);
    if (isConstant(name, version))
      fail(position, `${quoted(name, "'")} is a constant of OpenQASM ${version}; any other name is right`);
  };

  const declareInput = (statement: Extract<Statement, { kind: 'input' }>) => {
    const { name } = statement;
    declare(statement, name);
    // The width is the storage size of the value at run time; it only has to be valid.
    resolveType(statement.type, globals, context);
    const at = inputIndex(name);
    if (at !== null && at >= MAX_INPUTS)
      fail(statement, `'${name}' is input ${at}; at most ${MAX_INPUTS - 1} is right`);
    if (at !== null) {
      inputNames.set(at, name);
      globals.set(name, floatValue(input(at)));
    } else {
      globals.set(name, floatValue(parameter(parameterNames.push(name) - 1)));
      kinds.push(weights?.includes(name) ? 'weight' : 'angle');
    }
  };

  const loop = (statement: ForLoop, scope: Scope) => {
    for (const value of loopValues(statement, scope, context)) {
      budget.step(statement, CALL_COST);
      const within = inner(scope, [[statement.variable, value]]);
      for (const inside of statement.body) execute(inside, within);
    }
  };

  const include = (path: string, position: SourcePosition) => {
    if (!Object.hasOwn(INCLUDES, path)) {
      fail(position, `include ${quoted(path)} is not read; ${Object.keys(INCLUDES).join(' and ')} are known`);
    }
    expander.include(INCLUDES[path]);
  };

  const declareRegister = (statement: Extract<Statement, { kind: 'register' }>, scope: Scope) => {
    const size = statement.size ? evaluateInteger(statement.size, scope, context, 'a size') : null;
    declare(statement, statement.name);
    registers.declare(statement.of, statement.name, size, statement);
    if (statement.measured) {
      const { name, line, column } = statement;
      measure(statement, statement.measured, { name, line, column }, scope);
    }
  };

  const declareConstant = (statement: Extract<Statement, { kind: 'const' }>) => {
    declare(statement, statement.name);
    const type = resolveType(statement.type, globals, context);
    const value = evaluateConstant(statement.value, globals, context, 'a constant');
    globals.set(
      statement.name,
      promote(value, type, (message) => fail(positionOf(statement.value), message)),
    );
  };

  const executors: { [K in Statement['kind']]: (statement: Extract<Statement, { kind: K }>, scope: Scope) => void } = {
    include: (statement) => include(statement.path, statement),
    register: declareRegister,
    define: (statement) => expander.define(statement.gate, statement),
    const: declareConstant,
    input: declareInput,
    barrier: (statement, scope) => {
      for (const operand of statement.operands) resolve('qubit', operand, scope);
    },
    reset: (statement, scope) => uses.reset(statement, resolve('qubit', statement.operand, scope).elements),
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
      const declared = [...inputNames].sort(([a], [b]) => a - b).map(([, name]) => name);
      const missing = typeof inputs === 'function' ? undefined : inputs.find((name) => !declared.includes(name));
      if (missing !== undefined) fail({ line: 1, column: 1 }, `the program has no input ${quoted(missing, "'")}`);
      const count = [...inputNames.keys()].reduce((most, index) => Math.max(most, index + 1), 0);
      const builder = createCircuitBuilder({ qubits: registers.qubits, inputs: count });
      for (const kind of kinds) builder.parameter(kind);
      const circuit = builder.append(gates).build();
      const { qubitNames } = registers;
      const { measurements } = uses;
      return {
        version,
        circuit,
        parameterNames,
        inputNames: declared,
        qubitNames,
        measurements,
        globalPhase: globalPhase.total(),
      };
    },
  };
}
