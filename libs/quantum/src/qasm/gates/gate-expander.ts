import { quoted } from '@qloom/tensor/quoted.ts';
import type { Angle } from '../../gates/angle.ts';
import type { GateSequence } from '../../gates/gate.ts';
import { concatenate } from '../../gates/gate-algebra.ts';
import { CALL_COST } from '../budget.ts';
import { OpenQasmError, type SourcePosition } from '../errors.ts';
import {
  type EvaluationContext,
  evaluateAngle,
  evaluateConstant,
  evaluateInteger,
  inner,
  type Scope,
} from '../evaluate.ts';
import type { GateCall, GateDefinitionSyntax, Operand, Statement } from '../parsing/syntax.ts';
import { loopValues } from '../range.ts';
import { MAX_DEPTH } from '../source-limits.ts';
import { floatValue, isInteger } from '../values/classical-value.ts';
import { applyModifiers } from './modifiers.ts';
import { builtInGates, type StandardGate } from './standard-gates.ts';

/** Expands gate calls into gates of the table GATES. */
export interface GateExpander {
  /** Adds the gates of an include file. */
  include(gates: Readonly<Record<string, StandardGate>>): void;
  /** Adds a gate for subsequent calls; it replaces a gate of the same name. */
  define(definition: GateDefinitionSyntax, position: SourcePosition): void;
  /**
   * The gates of a call after its modifiers are applied. `scope` is used for the modifiers' arguments. Throws
   * OpenQasmError.
   */
  expand(call: GateCall, angles: readonly Angle[], qubits: readonly number[], scope: Scope): GateSequence;
}

/** A gate, and the nesting depth of its definition: 0 for a built-in gate. */
interface KnownGate extends StandardGate {
  readonly depth?: number;
}

type KnownGates = ReadonlyMap<string, KnownGate>;

/** Number of created gates per step of the budget. */
const GATES_A_STEP = 8;

/** Creates an expander with the built-in gates. `globals` are the constants that gate bodies may use. */
export function createGateExpander(context: EvaluationContext, globals: Scope): GateExpander {
  const { budget } = context;
  const known = new Map<string, KnownGate>(Object.entries(builtInGates(context.version)));
  const fail = (position: SourcePosition, message: string): never => {
    throw new OpenQasmError(context.file, position, message);
  };

  const expand = (
    call: GateCall,
    angles: readonly Angle[],
    qubits: readonly number[],
    scope: Scope,
    among: KnownGates,
  ): GateSequence => {
    budget.step(call, CALL_COST);
    if (new Set(qubits).size !== qubits.length) fail(call, `${call.name} acts on a qubit twice`);
    const found = among.get(call.name) ?? fail(call, unknownGate(call.name, context.version));
    if (angles.length !== found.angles) {
      fail(call, `${call.name} has ${angles.length} angles; ${found.angles} are right`);
    }
    const base = (on: readonly number[]) => {
      // Without controls, a global phase may name any qubits, as PennyLane's programs do.
      const isPlainPhase = call.name === 'gphase' && call.modifiers.length === 0;
      if (on.length !== found.qubits && !isPlainPhase) {
        fail(call, `${call.name} acts on ${on.length} qubits; ${found.qubits} are right`);
      }
      return found.expand(on, angles);
    };
    const result = applyModifiers(qubits, {
      call,
      budget,
      base,
      controls: ({ kind, argument }) => (argument ? evaluateInteger(argument, scope, context, `${kind}’s number`) : 1n),
      exponent(modifier) {
        if (!modifier.argument) return 1;
        const value = evaluateConstant(modifier.argument, scope, context, 'pow');
        if (isInteger(value)) return Number(value.value);
        if (value.kind === 'float') return value.value.constant;
        return fail(modifier, `pow(…) takes an integer or a float, not ${value.kind}`);
      },
      fail,
    });
    budget.checkGates(result.gates.length, call);
    budget.step(call, Math.floor(result.gates.length / GATES_A_STEP));
    return result;
  };

  const runBody = (
    body: readonly Statement[],
    scope: Scope,
    wires: ReadonlyMap<string, number>,
    among: KnownGates,
  ): GateSequence => {
    const wireOf = (operand: Operand): number =>
      (operand.index ? undefined : wires.get(operand.name)) ??
      fail(operand, `${quoted(operand.name, "'")} is not a qubit of this gate`);
    const parts: GateSequence[] = [];
    for (const statement of body) {
      if (statement.kind === 'for') {
        for (const value of loopValues(statement, scope, context)) {
          budget.step(statement, CALL_COST);
          parts.push(runBody(statement.body, inner(scope, [[statement.variable, value]]), wires, among));
        }
      } else if (statement.kind === 'gate') {
        const qubits = statement.operands.map(wireOf);
        const angles = statement.angles.map((angle) => evaluateAngle(angle, scope, context));
        parts.push(expand(statement, angles, qubits, scope, among));
      } else if (statement.kind === 'barrier') statement.operands.forEach(wireOf);
    }
    const joined = concatenate(parts);
    if (body.length > 0) budget.checkGates(joined.gates.length, body[0]);
    return joined;
  };

  return {
    include(gates) {
      for (const [name, standard] of Object.entries(gates)) known.set(name, standard);
    },
    define({ name, angles, qubits, body }, position) {
      const names = [...angles, ...qubits];
      if (new Set(names).size !== names.length) fail(position, `gate ${name} names an argument twice`);
      // A body uses the gates known at its definition, so that no gate can call itself.
      const among = new Map<string, KnownGate>();
      let depth = 0;
      for (const call of callsIn(body)) {
        const callee = known.get(call.name) ?? fail(call, unknownGate(call.name, context.version));
        depth = Math.max(depth, 1 + (callee.depth ?? 0));
        among.set(call.name, callee);
      }
      if (depth > MAX_DEPTH) fail(position, `gate ${name} is defined by gates more than ${MAX_DEPTH} deep`);
      known.set(name, {
        qubits: qubits.length,
        angles: angles.length,
        depth,
        expand(on, values) {
          const scope = inner(
            globals,
            angles.map((angle, i) => [angle, floatValue(values[i])] as const),
          );
          return runBody(body, scope, new Map(qubits.map((qubit, i) => [qubit, on[i]])), among);
        },
      });
    },
    expand: (call, angles, qubits, scope) => expand(call, angles, qubits, scope, known),
  };
}

/** All calls in a body, including those in loops. */
function* callsIn(body: readonly Statement[]): Generator<GateCall> {
  for (const statement of body) {
    if (statement.kind === 'gate') yield statement;
    else if (statement.kind === 'for') yield* callsIn(statement.body);
  }
}

const unknownGate = (name: string, version: 2 | 3): string =>
  `the gate ${quoted(name, "'")} is not defined here; gates are defined before their use, or by ` +
  `include "${version === 2 ? 'qelib1.inc' : 'stdgates.inc'}";`;
