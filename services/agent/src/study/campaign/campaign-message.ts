import {
  type AskedPoint,
  type Campaign,
  type CampaignCreated,
  type CampaignPoint,
  PointState,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import {
  type CampaignRules,
  type CampaignState,
  type ChosenPoint,
  type HandedPoint,
  labelOf,
  pointId,
} from '../../domain/campaign/campaign.ts';
import { openPoints } from '../../domain/campaign/open-points.ts';
import { stopAdvice } from '../../domain/campaign/stop-advice.ts';
import type { CampaignPool } from './campaign-pool.ts';
import { encodeProvenance, encodeRound } from './campaign-record.ts';

/** A campaign that was read from the log. */
export interface OpenedCampaign {
  readonly id: string;
  readonly created: CampaignCreated;
  /** By the clock of the log. Unit: milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  readonly rules: CampaignRules;
  readonly state: CampaignState;
}

/** The message of a campaign. */
export function campaignMessage({ id, created, createdAtMs, rules, state }: OpenedCampaign, nowMs: number): Campaign {
  const { labelled, pending } = openPoints(rules, state, nowMs);
  const classCounts = rules.classNames.map(() => 0);
  for (const point of state.points.values()) {
    const label = labelOf(point, rules.classNames)?.label;
    if (label !== undefined) classCounts[label]++;
  }
  const advice = stopAdvice(rules, state);
  return {
    id,
    settings: created.settings,
    poolSize: created.poolSize,
    featureNames: created.featureNames,
    labelled: labelled.length,
    pending: pending.length,
    excluded: [...state.points.values()].filter(({ answer }) => answer?.outcome.kind === 'excluded').length,
    classCounts,
    rounds: state.rounds.map(({ meanCost: _, ...round }) => encodeRound(round)),
    advice:
      advice === null
        ? undefined
        : {
            stop: advice.isOver,
            expectedGain: Number.isFinite(advice.gain) ? advice.gain : undefined,
            price: advice.price,
          },
    createTime: new Date(createdAtMs),
    changes: state.changes,
  };
}

/** The message of a point that is handed out. */
export function askedMessage(
  { source: { features, x } }: CampaignPool,
  { row, chosenBy, score, cost }: ChosenPoint,
): AskedPoint {
  const at = row * features;
  return {
    ...{ point: pointId(row), features: [...x.subarray(at, at + features)] },
    ...{ chosenBy, score, cost: cost ?? undefined },
  };
}

/** The message of a point that was handed out, with its answer. */
export function pointMessage(pool: CampaignPool, { classNames }: CampaignRules, point: HandedPoint): CampaignPoint {
  const { chosen, holder, askToken, askedAtMs, answer, answers } = point;
  const found = labelOf(point, classNames);
  return {
    asked: askedMessage(pool, chosen),
    state: answer === null ? PointState.PENDING : STATES[answer.outcome.kind],
    holder,
    askTime: new Date(askedAtMs),
    label: found === null ? '' : classNames[found.label],
    teller: answer?.teller ?? '',
    tellTime: answer === null ? undefined : new Date(answer.toldAtMs),
    provenance: found === null ? undefined : encodeProvenance(found.provenance),
    answers,
    askToken,
  };
}

const STATES = { label: PointState.LABELLED, withdrawn: PointState.WITHDRAWN, excluded: PointState.EXCLUDED };
