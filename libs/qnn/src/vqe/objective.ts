/** A function and its slope at one point. */
export interface Evaluation {
  readonly value: number;
  /** A copy that belongs to the caller. */
  readonly gradient: Float64Array;
}

/** The function to minimize. Asynchronous, since engines are. */
export type Objective = (point: Float64Array) => Promise<Evaluation>;

/** Largest component of a gradient in magnitude. */
export const largestComponent = (gradient: Float64Array): number =>
  gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** Current or final state of one start of an optimizer. */
export interface Iterate extends Evaluation {
  readonly point: Float64Array;
  /** Steps done. */
  readonly step: number;
}

/** Termination and progress settings of an optimizer. */
export interface OptimizerOptions {
  /** Most steps. */
  readonly steps: number;
  /** The optimizer ends when the largest component of the gradient is below this. */
  readonly gradientTolerance: number;
  /** Called after every step; it may throw to end the optimization. */
  readonly afterStep?: (iterate: Iterate) => void | Promise<void>;
}
