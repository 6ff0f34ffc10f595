import { type CurvePoint, expectedGain } from './expected-gain.ts';

/** What labels cost and what they are worth, in one unit. */
export interface Prices {
  /** Price of one label. */
  readonly label: number;
  /** Worth of an accuracy higher by one percentage point. */
  readonly point: number;
}

/** Whether to stop, with the two sides that were compared. */
export interface StopDecision {
  readonly isOver: boolean;
  /** Expected gain of the next batch, in percentage points; Infinity while it is not known. */
  readonly gain: number;
  /** Price of the next batch. */
  readonly price: number;
}

/** Rounds in succession in which the gain must be below its price: one alone may be chance. */
const PATIENCE = 2;

/**
 * Whether the next `batch` labels are expected to be worth less than their price, and were so in the round before too. The
 * curve has a point for every round so far.
 */
export function shouldStop(curve: readonly CurvePoint[], batch: number, { label, point }: Prices): StopDecision {
  const price = label * batch;
  const gains = Array.from(
    { length: PATIENCE },
    (_, back) => 100 * expectedGain(curve.slice(0, curve.length - back), batch),
  );
  return { isOver: gains.every((gain) => gain * point < price), gain: gains[0], price };
}
