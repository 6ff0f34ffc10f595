import { type Angle, constant } from '../angle.ts';
import type { GateSequence } from '../gate.ts';
import { concatenate } from '../gate-algebra.ts';
import { CALL_COST } from './budget.ts';
import { OpenQasmError, type SourcePosition } from './errors.ts';
import { type EvaluationContext, evaluateConstant, evaluateExpression, inner, type Scope } from './evaluate.ts';
import { loopValues } from './loop.ts';
import { applyModifiers } from './modifiers.ts';
import { builtInGates, type StandardGate } from './standard-gates.ts';
import type { GateCall, GateDefinitionSyntax, Statement } from './syntax.ts';

/** Turns calls of gates into gates of the table. */
export interface GateExpander {
  /** Makes the gates of an include known. */
  include(gates: Readonly<Record<string, StandardGate>>): void;
  /** Makes a gate known from here on; it takes the place of one of the same name. */
  define(definition: GateDefinitionSyntax, position: SourcePosition): void;
  /** The gates of a call, its modifiers carried out. `scope` is for the modifiers. Throws OpenQasmError. */
  expand(call: GateCall, angles: readonly Angle[], qubits: readonly number[], scope: Scope): GateSequence;
}

type KnownGates = ReadonlyMap<string, StandardGate>;

/** Starts with the gates that are built in. `globals` are the constants that bodies may use. */
export function createGateExpander(context: EvaluationContext, globals: Scope): GateExpander {
  const { budget } = context;
  const known = new Map(Object.entries(builtInGates(context.version)));
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
      if (on.length !== found.qubits) {
        fail(call, `${call.name} acts on ${on.length} qubits; ${found.qubits} are right`);
      }
      return found.expand(on, angles);
    };
    const result = applyModifiers(call.modifiers, qubits, {
      call,
      angles,
      budget,
      base,
      argument: (modifier) =>
        modifier.argument ? evaluateConstant(modifier.argument, scope, context, modifier.kind) : 1,
      fail,
    });
    budget.checkGates(result.gates.length, call);
    return result;
  };

  const runBody = (
    body: readonly Statement[],
    scope: Scope,
    wires: ReadonlyMap<string, number>,
    among: KnownGates,
  ): GateSequence => {
    const parts = body.flatMap((statement): GateSequence[] => {
      if (statement.kind === 'for') {
        const number = (part: Parameters<typeof evaluateConstant>[0]) =>
          evaluateConstant(part, scope, context, 'a loop’s range');
        return loopValues(statement, number, fail).map((value) => {
          budget.step(statement, CALL_COST);
          return runBody(statement.body, inner(scope, [[statement.variable, constant(value)]]), wires, among);
        });
      }
      if (statement.kind !== 'gate') return [];
      const qubits = statement.operands.map((operand) => {
        const wire = operand.index ? undefined : wires.get(operand.name);
        return wire ?? fail(operand, `'${operand.name}' is not a qubit of this gate`);
      });
      const angles = statement.angles.map((angle) => evaluateExpression(angle, scope, context));
      return [expand(statement, angles, qubits, scope, among)];
    });
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
      // A body sees the gates that were known where it stands, so that no gate can call itself.
      const among = new Map<string, StandardGate>();
      for (const call of callsIn(body)) {
        const callee = known.get(call.name) ?? fail(call, unknownGate(call.name, context.version));
        among.set(call.name, callee);
      }
      known.set(name, {
        qubits: qubits.length,
        angles: angles.length,
        expand(on, values) {
          const scope = inner(
            globals,
            angles.map((angle, i) => [angle, values[i]] as const),
          );
          return runBody(body, scope, new Map(qubits.map((qubit, i) => [qubit, on[i]])), among);
        },
      });
    },
    expand: (call, angles, qubits, scope) => expand(call, angles, qubits, scope, known),
  };
}

/** Every call in a body, those in loops among them. */
const callsIn = (body: readonly Statement[]): GateCall[] =>
  body.flatMap((statement) =>
    statement.kind === 'gate' ? [statement] : statement.kind === 'for' ? callsIn(statement.body) : [],
  );

const unknownGate = (name: string, version: 2 | 3): string =>
  `the gate '${name}' is not defined here; gates are defined before their use, or by ` +
  `include "${version === 2 ? 'qelib1.inc' : 'stdgates.inc'}";`;
