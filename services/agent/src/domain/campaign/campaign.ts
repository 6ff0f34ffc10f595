import { isDeepStrictEqual } from 'node:util';
import type { AcquisitionName } from '@qloom/acquisition/functions/acquisition-table.ts';
import type { SynthesisGain } from '@qloom/acquisition/policies/policy.ts';
import type { AcquisitionPolicyName } from '@qloom/acquisition/policies/policy-table.ts';
import type { Prices } from '@qloom/acquisition/stopping/should-stop.ts';

/** Prices of a campaign, in any one unit. */
interface CampaignPrices extends Prices {
  /** Of the synthetic points of one round. */
  readonly synthesis: number;
}

/** What the rules of a campaign depend on. */
export interface CampaignRules {
  readonly seed: number;
  readonly poolSize: number;
  readonly classNames: readonly string[];
  /** Most labels. */
  readonly budget: number;
  readonly batch: number;
  readonly policy: AcquisitionPolicyName;
  readonly randomShare: number;
  /** Time after which a point without an answer may be handed out again. Infinity: never. Unit: milliseconds. */
  readonly reservationMs: number;
  /** Null: the campaign does not say when to stop. */
  readonly prices: CampaignPrices | null;
}

/** How a label was found. */
export interface LabelProvenance {
  /** Milliseconds since the Unix epoch; null: when it was told. */
  readonly measuredAtMs: number | null;
  readonly backend: string;
  readonly job: string;
  /** 0: unknown. */
  readonly shots: number;
  /** Identifier of the calibration that held; empty: unknown. */
  readonly calibration: string;
  /** By how much the class was chosen, and its standard error; null: unknown. */
  readonly margin: number | null;
  readonly marginError: number | null;
}

/** What is said about one point. */
export type Outcome =
  | { readonly kind: 'label'; readonly label: string; readonly provenance: LabelProvenance }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'excluded' };

/** An answer about one point. */
export interface CampaignAnswer {
  /** Id of the point, such as `p17`. */
  readonly point: string;
  readonly outcome: Outcome;
  /** Whether it replaces an answer that is there. */
  readonly isCorrection: boolean;
}

/** A point of a batch: row of the pool, what chose it, and its score. */
export interface ChosenPoint {
  readonly row: number;
  readonly chosenBy: string;
  readonly score: number;
  /** Price of its label; null: all cost the same. */
  readonly cost: number | null;
}

/** A committee: what it was trained on, and the errors that it expected of itself. */
export interface CommitteeRound {
  readonly labels: number;
  readonly expectedError: number;
  /** Synthetic points besides the labels. */
  readonly synthetic: number;
  /** Why the generator gave none of these labels; empty where it did, or was not asked. */
  readonly refusal: string;
  /** What chose the points of the round; null in rounds that did not say. */
  readonly acquisition: AcquisitionName | null;
  /** By what the policy decided; null where it was not measured. */
  readonly synthesisGain: SynthesisGain | null;
  /** Reduction of the error that was expected of the next batch of labels; Infinity while nothing could be expected. */
  readonly labelGain: number;
}

/** A round, and the mean price of a label of the points that it chose; null: all cost the same. */
interface PricedRound extends CommitteeRound {
  readonly meanCost: number | null;
}

/** Points were handed out. */
export interface Asked {
  readonly kind: 'asked';
  readonly token: string;
  readonly who: string;
  /** Count of the request. */
  readonly count: number;
  readonly points: readonly ChosenPoint[];
  /** Null: no committee chose. */
  readonly round: CommitteeRound | null;
}

/** Answers were taken. */
export interface Told {
  readonly kind: 'told';
  readonly token: string;
  readonly who: string;
  readonly answers: readonly CampaignAnswer[];
}

/** A change of a campaign. */
export type CampaignChange = Asked | Told;

/** A point that was handed out. */
export interface HandedPoint {
  readonly chosen: ChosenPoint;
  /** To whom it was handed out last, by which request, and when. Milliseconds since the Unix epoch. */
  readonly holder: string;
  readonly askToken: string;
  readonly askedAtMs: number;
  /** The last answer; null: none since it was handed out. */
  readonly answer: { readonly outcome: Outcome; readonly teller: string; readonly toldAtMs: number } | null;
  /** Number of answers so far. */
  readonly answers: number;
}

/** The state of a campaign: the fold of its changes. Immutable. */
export interface CampaignState {
  /** Number of changes so far. */
  readonly changes: number;
  /** By row, in the order in which they were handed out first. */
  readonly points: ReadonlyMap<number, HandedPoint>;
  /** Changes by the token of their request. */
  readonly byToken: ReadonlyMap<string, CampaignChange>;
  readonly rounds: readonly PricedRound[];
}

/** A campaign without changes. */
export const EMPTY_CAMPAIGN: CampaignState = { changes: 0, points: new Map(), byToken: new Map(), rounds: [] };

/** The state after one more change, which the log stored at `timeMs`. */
export function applyChange(state: CampaignState, change: CampaignChange, timeMs: number): CampaignState {
  const points = new Map(state.points);
  if (change.kind === 'asked') {
    for (const chosen of change.points) {
      const answers = points.get(chosen.row)?.answers ?? 0;
      const handed = { chosen, holder: change.who, askToken: change.token, askedAtMs: timeMs };
      points.set(chosen.row, { ...handed, answer: null, answers });
    }
  } else {
    for (const told of change.answers) {
      const row = rowOf(told.point);
      const before = points.get(row);
      if (before === undefined || isRepeated(state, change.who, told)) continue;
      const { outcome } = told;
      const answer = { outcome, teller: change.who, toldAtMs: timeMs };
      points.set(row, { ...before, answer, answers: before.answers + 1 });
    }
  }
  return {
    changes: state.changes + 1,
    points,
    byToken: new Map(state.byToken).set(change.token, change),
    rounds: [...state.rounds, ...roundsOf(change)],
  };
}

function roundsOf(change: CampaignChange): PricedRound[] {
  if (change.kind !== 'asked' || change.round === null) return [];
  const costs = change.points.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  const meanCost = costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  return [{ ...change.round, meanCost }];
}

/** Whether a person says again what this person said last about a point: that changes nothing. */
export function isRepeated(state: CampaignState, who: string, { point, outcome }: CampaignAnswer): boolean {
  const last = state.points.get(rowOf(point))?.answer;
  return last !== null && last?.teller === who && isDeepStrictEqual(last.outcome, outcome);
}

/** Id of the point in a row of the pool. */
export const pointId = (row: number): string => `p${row}`;

/** Row of a point's id; −1 where it is none. */
export function rowOf(point: string): number {
  return /^p(0|[1-9]\d{0,8})$/.test(point) ? Number(point.slice(1)) : -1;
}

/** The label of a point: index of its class, and how it was found; null where it has none. */
export function labelOf(
  { answer }: HandedPoint,
  classNames: readonly string[],
): { readonly label: number; readonly provenance: LabelProvenance } | null {
  if (answer?.outcome.kind !== 'label') return null;
  const { label, provenance } = answer.outcome;
  return { label: classNames.indexOf(label), provenance };
}
