import type { Evaluation, Iterate } from '@qloom/metrics/minimization/search.ts';

/** The function to minimize. Asynchronous, since engines are. */
export type Objective = (point: Float64Array) => Promise<Evaluation>;

/** Termination and progress settings of an optimizer. */
export interface OptimizerOptions {
  /** Most steps. */
  readonly steps: number;
  /** The optimizer ends when the largest component of the gradient is below this. */
  readonly gradientTolerance: number;
  /** Called after every step; it may throw to end the optimization. */
  readonly afterStep?: (iterate: Iterate) => void | Promise<void>;
}
