import { type CurvePoint, expectedGain } from './expected-gain.ts';

/** What labels cost and what they are worth, in one unit. */
export interface Prices {
  /** Price of a label where the curve has no price of its own. */
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
  const rounds = Array.from({ length: PATIENCE }, (_, back) => {
    const known = curve.slice(0, curve.length - back);
    return { gain: 100 * expectedGain(known, batch), price: batch * (known.at(-1)?.price ?? label) };
  });
  return { isOver: rounds.every(({ gain, price }) => gain * point < price), ...rounds[0] };
}
