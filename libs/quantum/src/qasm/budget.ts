import type { SourcePosition } from './errors.ts';
import { MAX_GATES, MAX_STEPS } from './source-limits.ts';

/** Cost in steps of a call or of an iteration of a loop. */
export const CALL_COST = 4;

/** Limits on the work of unfolding a program, so that a short text cannot cause unlimited work. */
export interface Budget {
  /** Takes `cost` steps, by default one; throws OpenQasmError when the limit is exceeded. */
  step(position: SourcePosition, cost?: number): void;
  /** Throws OpenQasmError if `gates` exceeds the limit. */
  checkGates(gates: number, position: SourcePosition): void;
}

/** A new budget; `fail` throws. */
export function createBudget(fail: (position: SourcePosition, message: string) => never): Budget {
  let steps = 0;
  return {
    step(position, cost = 1) {
      steps += cost;
      if (steps > MAX_STEPS) fail(position, `the program takes more than ${MAX_STEPS} steps to unfold`);
    },
    checkGates(gates, position) {
      if (gates > MAX_GATES) fail(position, `the program unfolds to more than ${MAX_GATES} gates`);
    },
  };
}
