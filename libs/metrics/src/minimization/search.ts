/** A function and its slope at one point. */
export interface Evaluation {
  readonly value: number;
  /** A copy that belongs to the caller. */
  readonly gradient: Float64Array;
}

/**
 * A search for a minimum: it yields every point at which it needs the function, takes its evaluation, and returns its
 * result. The caller decides whether evaluations are asynchronous, and when the event loop gets a turn.
 */
export type Search<T> = Generator<Float64Array, T, Evaluation>;

/** Current or final state of a search. */
export interface Iterate extends Evaluation {
  readonly point: Float64Array;
  /** Steps done. */
  readonly step: number;
}

/** Largest component of a gradient in magnitude; NaN if one is. */
export function largestComponent(gradient: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < gradient.length; i++) largest = Math.max(largest, Math.abs(gradient[i]));
  return largest;
}
