import type { GateSequence } from '../../gates/gate.ts';
import { concatenate, controlledBy, gate, inverse, repeated, sequence } from '../../gates/gate-algebra.ts';
import type { Budget } from '../budget.ts';
import type { GateCall, Modifier } from '../parsing/syntax.ts';
import { realPower } from './real-power.ts';

/** Context for applying modifiers: the gate itself on given qubits, and the values of the modifiers' arguments. */
export interface ModifierContext {
  readonly call: GateCall;
  readonly budget: Budget;
  base(qubits: readonly number[]): GateSequence;
  /** Number of controls that `ctrl` or `negctrl` adds. */
  controls(modifier: Modifier): bigint;
  /** The exponent of `pow`. */
  exponent(modifier: Modifier): number;
  fail(modifier: Modifier, message: string): never;
}

/**
 * The gates of a call under its modifiers, exactly: phases become phases of the controls. Controls commute with `inv`
 * and `pow`, since (ctrl U)ᵏ is ctrl Uᵏ: powers of the gate are computed first, then all controls are added.
 */
export function applyModifiers(qubits: readonly number[], context: ModifierContext): GateSequence {
  const { modifiers } = context.call;
  const controls: { readonly modifier: Modifier; readonly qubits: readonly number[] }[] = [];
  let free = qubits;
  for (const modifier of modifiers) {
    if (modifier.kind !== 'ctrl' && modifier.kind !== 'negctrl') continue;
    const count = context.controls(modifier);
    if (count < 1n || count > free.length) {
      const right = `an integer from 1 to ${free.length} is right`;
      context.fail(modifier, `${modifier.kind}(${count}) on ${free.length} qubits; ${right}`);
    }
    controls.push({ modifier, qubits: free.slice(0, Number(count)) });
    free = free.slice(Number(count));
  }
  let result = powers(context.base(free), context);
  for (const { modifier, qubits: on } of controls.toReversed()) {
    result = controlledBy(on, result, (gates) => context.budget.checkGates(gates, modifier));
    // Every gate is recreated, most of them as several gates.
    context.budget.step(modifier, result.gates.length);
    if (modifier.kind === 'ctrl') continue;
    const flips = sequence(on.map((control) => gate('x', [control])));
    result = concatenate([flips, result, flips]);
  }
  return result;
}

const MOST_TIMES = 2 ** 53;

/** Applies `inv` and `pow`, the innermost first. Integer exponents are multiplied before gates are repeated. */
function powers(base: GateSequence, { call, budget, exponent, fail }: ModifierContext): GateSequence {
  let result = base;
  let times = 1;
  const carryOut = (modifier: Modifier) => {
    const inner = times < 0 ? inverse(result) : result;
    budget.checkGates(Math.abs(times) * inner.gates.length, modifier);
    result = repeated(inner, Math.abs(times));
    times = 1;
  };
  for (const modifier of call.modifiers.toReversed()) {
    if (modifier.kind !== 'inv' && modifier.kind !== 'pow') continue;
    const by = modifier.kind === 'inv' ? -1 : exponent(modifier);
    // Clamped to a finite factor above every allowed number of gates.
    if (Number.isInteger(by)) times = Math.max(-MOST_TIMES, Math.min(MOST_TIMES, times * by));
    else {
      carryOut(modifier);
      result =
        realPower(result, by) ??
        fail(
          modifier,
          `pow(${by}) of ${call.name} is not supported; integers are, and any power of a rotation, a swap, a gate on one qubit ` +
            'whose angles are constants, and of these under controls, or between a gate and its inverse',
        );
    }
  }
  if (call.modifiers.length > 0) carryOut(call.modifiers[0]);
  return result;
}
