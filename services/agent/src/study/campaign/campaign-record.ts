import { ACQUISITIONS, type AcquisitionName } from '@qloom/acquisition/functions/acquisition-table.ts';
import {
  Answer,
  type CampaignCreated,
  CampaignRecord,
  type CampaignRound,
  type Provenance,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { formatKey, type StudyKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type {
  CampaignAnswer,
  CampaignChange,
  CommitteeRound,
  LabelProvenance,
  Outcome,
} from '../../domain/campaign/campaign.ts';
import { NO_SYNTHESIS } from './campaign-methods.ts';

/** Slot of a campaign's creation. Agents that know no campaigns do not look for it. */
export const CAMPAIGN_SLOT = 'campaign';

/** Key of change `number`, from 1. */
export const changeKey = (campaign: string, number: number): StudyKey => ({
  study: campaign,
  slot: `labels-${number}`,
});

/** Bytes of a campaign's creation. */
export function encodeCreated(value: CampaignCreated, timeMs: number): Uint8Array {
  return CampaignRecord.encode({ time: new Date(timeMs), record: { $case: 'created', value } }).finish();
}

/** Bytes of a change. */
export function encodeChange(change: CampaignChange, timeMs: number): Uint8Array {
  return CampaignRecord.encode({ time: new Date(timeMs), record: recordOf(change) }).finish();
}

function recordOf(change: CampaignChange): CampaignRecord['record'] {
  const { token, who } = change;
  if (change.kind === 'told')
    return { $case: 'told', value: { token, who, answers: change.answers.map(encodeAnswer) } };
  return {
    $case: 'asked',
    value: {
      token,
      who,
      count: change.count,
      rows: change.points.map(({ row }) => row),
      chosenBy: change.points.map(({ chosenBy }) => chosenBy),
      scores: change.points.map(({ score }) => score),
      costs: change.points.flatMap(({ cost }) => (cost === null ? [] : [cost])),
      round: change.round === null ? undefined : encodeRound(change.round),
    },
  };
}

/** The record of an event. Throws `DomainError` (`data-loss`) if it is none. */
export function decodeCampaignEvent({ key, payload }: LogEvent): CampaignCreated | CampaignChange {
  const { record } = CampaignRecord.decode(payload);
  switch (record?.$case) {
    case 'created': {
      const settings = record.value.settings!;
      // Campaigns from before the field have none.
      return { ...record.value, settings: { ...settings, synthesis: settings.synthesis || NO_SYNTHESIS } };
    }
    case 'told': {
      const { token, who, answers } = record.value;
      return { kind: 'told', token, who, answers: answers.map(decodeAnswer) };
    }
    case 'asked': {
      const { token, who, count, rows, chosenBy, scores, round, costs } = record.value;
      const points = rows.map((row, i) => ({
        ...{ row, chosenBy: chosenBy[i], score: scores[i] },
        cost: costs[i] ?? null,
      }));
      return { kind: 'asked', token, who, count, points, round: round === undefined ? null : decodeRound(round) };
    }
    case undefined:
      throw new DomainError('data-loss', `${formatKey(key)}: holds no record of a campaign`);
  }
}

/** The message of a round. */
export function encodeRound({ acquisition, synthesisGain, labelGain, ...round }: CommitteeRound): CampaignRound {
  return {
    ...round,
    acquisition: acquisition ?? '',
    synthesisGain: synthesisGain ?? undefined,
    labelGain: Number.isFinite(labelGain) ? labelGain : undefined,
  };
}

function decodeRound({ acquisition, synthesisGain, labelGain, ...round }: CampaignRound): CommitteeRound {
  return {
    ...round,
    acquisition: Object.hasOwn(ACQUISITIONS, acquisition) ? (acquisition as AcquisitionName) : null,
    synthesisGain: synthesisGain ?? null,
    labelGain: labelGain ?? Number.POSITIVE_INFINITY,
  };
}

function encodeAnswer({ point, outcome, isCorrection }: CampaignAnswer): Answer {
  const given = Answer.fromPartial({ point, correction: isCorrection });
  if (outcome.kind !== 'label') return { ...given, outcome: { $case: outcome.kind, value: true } };
  return {
    ...given,
    outcome: { $case: 'label', value: outcome.label },
    provenance: encodeProvenance(outcome.provenance),
  };
}

/** The message of a provenance. */
export function encodeProvenance({ measuredAtMs, margin, marginError, ...rest }: LabelProvenance): Provenance {
  return {
    ...rest,
    measuredAt: measuredAtMs === null ? undefined : new Date(measuredAtMs),
    margin: margin ?? undefined,
    marginError: marginError ?? undefined,
  };
}

/** The answer of a message; one without an outcome is a label without a name, which no class has. */
export function decodeAnswer({ point, outcome, correction, provenance }: Answer): CampaignAnswer {
  const { measuredAt, backend = '', job = '', shots = 0, calibration = '' } = provenance ?? {};
  const { margin = null, marginError = null } = provenance ?? {};
  const decoded: Outcome =
    outcome?.$case === 'withdrawn' || outcome?.$case === 'excluded'
      ? { kind: outcome.$case }
      : {
          kind: 'label',
          label: outcome?.value ?? '',
          provenance: {
            ...{ measuredAtMs: measuredAt?.getTime() ?? null, backend, job, shots },
            ...{ calibration, margin, marginError },
          },
        };
  return { point, outcome: decoded, isCorrection: correction };
}
