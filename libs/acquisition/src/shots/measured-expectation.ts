import { AcquisitionError } from '../acquisition-error.ts';

/** Outcomes of measurements of an observable with the values +1 and −1. */
export interface Outcomes {
  /** Number of outcomes +1. */
  readonly plus: number;
  /** Number of outcomes −1. */
  readonly minus: number;
}

/** An expectation estimated from outcomes. */
export interface MeasuredExpectation {
  readonly shots: number;
  /** ⟨Z⟩ = (plus − minus)/shots. */
  readonly mean: number;
  /**
   * σ² = 4·p(1 − p)/(shots + 2) with p = (plus + ½)/(shots + 1): the variance of 2p − 1 under Jeffreys' posterior
   * Beta(plus + ½, minus + ½). Unlike (1 − ⟨Z⟩²)/shots it is not 0 where all outcomes are equal.
   */
  readonly variance: number;
}

/** Throws AcquisitionError unless both are whole numbers of at least 0, and one is above 0. */
export function measuredExpectation({ plus, minus }: Outcomes): MeasuredExpectation {
  const isCount = (n: number) => Number.isInteger(n) && n >= 0;
  if (!isCount(plus) || !isCount(minus) || plus + minus === 0) {
    throw new AcquisitionError(
      'outcomes',
      `outcomes: ${plus} of +1 and ${minus} of −1; whole numbers of at least 0, and one shot at least, are right`,
    );
  }
  const shots = plus + minus;
  const [p, q] = [(plus + 0.5) / (shots + 1), (minus + 0.5) / (shots + 1)];
  return { shots, mean: (plus - minus) / shots, variance: (4 * p * q) / (shots + 2) };
}
