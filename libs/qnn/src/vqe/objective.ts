/** A function and its slope at one point. */
export interface Evaluation {
  readonly value: number;
  /** A copy, the caller's. */
  readonly gradient: Float64Array;
}

/** What is minimized. Asynchronous, since engines are. */
export type Objective = (point: Float64Array) => Promise<Evaluation>;

/** Largest component of a gradient in magnitude. */
export const largestComponent = (gradient: Float64Array): number =>
  gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** Where one start of an optimizer stands, or has ended. */
export interface Iterate extends Evaluation {
  readonly point: Float64Array;
  /** Steps done. */
  readonly step: number;
}

/** When an optimizer ends, and whom it tells. */
export interface OptimizerOptions {
  /** Most steps. */
  readonly steps: number;
  /** It is done where the largest component of the gradient is below this. */
  readonly gradientTolerance: number;
  /** Called after every step; it may throw to end the optimization. */
  readonly afterStep?: (iterate: Iterate) => void | Promise<void>;
}
