import type { CampaignRules, CampaignState, HandedPoint } from './campaign.ts';

/** Which points may be handed out at a moment, and how many. */
export interface OpenPoints {
  /** Rows of the pool that may be handed out, rising. */
  readonly rows: readonly number[];
  /** Rows with a label. */
  readonly labelled: readonly number[];
  /** Rows that are handed out, have no answer, and are not due back. */
  readonly pending: readonly number[];
  /** Labels that may still be asked for. */
  readonly left: number;
}

/** Whether a point is with its holder: handed out, without an answer, and not longer than the reservation. */
export function isHeld({ answer, askedAtMs }: HandedPoint, { reservationMs }: CampaignRules, nowMs: number): boolean {
  return answer === null && nowMs - askedAtMs < reservationMs;
}

/**
 * The points at `nowMs`: open are those that were never handed out, were given back, or are due back. A label counts
 * towards the budget from the moment its point is handed out.
 */
export function openPoints(rules: CampaignRules, state: CampaignState, nowMs: number): OpenPoints {
  const [rows, labelled, pending]: [number[], number[], number[]] = [[], [], []];
  for (let row = 0; row < rules.poolSize; row++) {
    const point = state.points.get(row);
    const kind = point?.answer?.outcome.kind;
    if (kind === 'label') labelled.push(row);
    else if (point !== undefined && isHeld(point, rules, nowMs)) pending.push(row);
    else if (kind !== 'excluded') rows.push(row);
  }
  return { rows, labelled, pending, left: Math.max(0, rules.budget - labelled.length - pending.length) };
}
