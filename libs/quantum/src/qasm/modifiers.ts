import type { Angle } from '../angle.ts';
import type { GateSequence } from '../gate.ts';
import { concatenate, controlledBy, gate, inverse, repeated, sequence } from '../gate-algebra.ts';
import type { Budget } from './budget.ts';
import { powerOf } from './standard-gates.ts';
import type { GateCall, Modifier } from './syntax.ts';

/** What carrying out modifiers needs: the gate itself on given qubits, and the value of a modifier's argument. */
export interface ModifierContext {
  readonly call: GateCall;
  readonly angles: readonly Angle[];
  readonly budget: Budget;
  base(qubits: readonly number[]): GateSequence;
  /** The argument's value; 1 where there is none. */
  argument(modifier: Modifier): number;
  fail(modifier: Modifier, message: string): never;
}

/** The gates of a call under `modifiers`, the outermost first, exactly: phases become phases of the controls. */
export function applyModifiers(
  modifiers: readonly Modifier[],
  qubits: readonly number[],
  context: ModifierContext,
): GateSequence {
  const [modifier, ...rest] = modifiers;
  if (!modifier) return context.base(qubits);
  const argument = context.argument(modifier);
  if (modifier.kind === 'inv') return inverse(applyModifiers(rest, qubits, context));
  if (modifier.kind === 'pow') return power(modifier, argument, rest, qubits, context);
  const most = qubits.length;
  if (!Number.isInteger(argument) || argument < 1 || argument > most) {
    context.fail(modifier, `${modifier.kind}(${argument}) on ${most} qubits; an integer from 1 to ${most} is right`);
  }
  const controls = qubits.slice(0, argument);
  const inner = applyModifiers(rest, qubits.slice(argument), context);
  const result = controlledBy(controls, inner, (gates) => context.budget.checkGates(gates, modifier));
  if (modifier.kind === 'ctrl') return result;
  const flips = sequence(controls.map((control) => gate('x', [control])));
  return concatenate([flips, result, flips]);
}

function power(
  modifier: Modifier,
  exponent: number,
  rest: readonly Modifier[],
  qubits: readonly number[],
  context: ModifierContext,
): GateSequence {
  const { call, angles, budget } = context;
  if (!Number.isInteger(exponent)) {
    const result = rest.length === 0 ? powerOf(call.name, qubits, angles, exponent) : null;
    return (
      result ??
      context.fail(
        modifier,
        `pow(${exponent}) of ${call.name} is not supported; integers are, and any power of x, y, z, s, t, sx, p`,
      )
    );
  }
  const inner = applyModifiers(rest, qubits, context);
  budget.checkGates(Math.abs(exponent) * inner.gates.length, modifier);
  return repeated(exponent < 0 ? inverse(inner) : inner, Math.abs(exponent));
}
