import type { SourcePosition } from './errors.ts';
import { MAX_GATES, MAX_STEPS } from './source-limits.ts';

/** What a call, or a round of a loop, costs in steps. */
export const CALL_COST = 4;

/** What unfolding a program may cost, so that a short text cannot ask for endless work. */
export interface Budget {
  /** Takes `cost` steps, by default one; throws OpenQasmError once they are too many. */
  step(position: SourcePosition, cost?: number): void;
  /** Throws OpenQasmError where `gates` are too many. */
  checkGates(gates: number, position: SourcePosition): void;
}

/** A fresh budget; `fail` throws. */
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
