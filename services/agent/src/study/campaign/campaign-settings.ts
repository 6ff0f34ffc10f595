import { RANDOM_SHARE } from '@qloom/acquisition/batch/choose-batch.ts';
import { ACQUISITION_POLICIES, type AcquisitionPolicyName } from '@qloom/acquisition/policies/policy-table.ts';
import { CampaignSettings } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { CampaignRules } from '../../domain/campaign/campaign.ts';
import { completeQnn } from '../settings/complete-settings.ts';

/** Most points of one request. */
export const MAX_POINTS = 1000;
/** Most labels of a campaign, and most classes. */
const [MAX_BUDGET, MAX_CLASSES] = [100_000, 1000];
/** Longest reservation. Unit: seconds. */
const MAX_RESERVATION = 10 * 365 * 86_400;

/** The default: of the acquisition functions it needed the fewest labels on development seeds (ADR 0060). */
const DEFAULT_POLICY: AcquisitionPolicyName = 'entropy';
const POLICY_NAMES = Object.keys(ACQUISITION_POLICIES);

/** Settings without absent fields, but for what a campaign may do without. */
export type CompleteCampaign = CampaignSettings & {
  readonly [K in 'pool' | 'randomShare' | 'qnn']-?: NonNullable<CampaignSettings[K]>;
};

/** Fills in every default. Rejects with ValidationError, which lists every wrong field, and with the signal's reason once it has aborted. */
export async function completeCampaign(
  given: CampaignSettings | undefined,
  signal: AbortSignal,
): Promise<CompleteCampaign> {
  const { pool, classNames, budget, prices, reservationSeconds } = given ?? CampaignSettings.fromPartial({});
  const wrong: FieldViolation[] = [];
  const refuse = (field: string, description: string) => wrong.push({ field: `settings.${field}`, description });
  if (pool === undefined) refuse('pool', 'not set; put rows without labels first');
  if (classNames.length < 2 || classNames.length > MAX_CLASSES) {
    refuse('class_names', `has ${classNames.length}; right would be 2 to ${MAX_CLASSES}`);
  }
  classNames.forEach((name, i) => {
    if (name.trim() === '' || name !== name.trim())
      refuse(`class_names[${i}]`, `${quoted(name)} is no name without spaces around it`);
    if (classNames.indexOf(name) !== i) refuse(`class_names[${i}]`, `${quoted(name)} is there twice`);
  });
  if (budget < 1 || budget > MAX_BUDGET) refuse('budget', `${budget} is not 1 to ${MAX_BUDGET} labels`);
  const batch = given?.batch || 4;
  if (batch > MAX_POINTS) refuse('batch', `${batch} is not 1 to ${MAX_POINTS} points`);
  const acquisition = given?.acquisition || DEFAULT_POLICY;
  if (!POLICY_NAMES.includes(acquisition)) {
    refuse('acquisition', `${quoted(acquisition)} is not one of ${POLICY_NAMES.join(', ')}`);
  }
  const randomShare = given?.randomShare ?? RANDOM_SHARE;
  if (!(randomShare >= 0 && randomShare <= 1)) refuse('random_share', `${randomShare} is not a number from 0 to 1`);
  if (reservationSeconds > MAX_RESERVATION)
    refuse('reservation_seconds', `${reservationSeconds} is above ${MAX_RESERVATION}`);
  if (prices !== undefined && !(prices.label >= 0 && prices.label < Infinity)) {
    refuse('prices.label', `${prices.label} is no finite number of at least 0`);
  }
  if (prices !== undefined && !(prices.synthesis >= 0 && prices.synthesis < Infinity)) {
    refuse('prices.synthesis', `${prices.synthesis} is no finite number of at least 0`);
  }
  if (prices !== undefined && !(prices.accuracyPoint > 0 && prices.accuracyPoint < Infinity)) {
    refuse('prices.accuracy_point', `${prices.accuracyPoint} is no finite number above 0`);
  }
  const qnn = await completeQnn(given?.qnn, wrong, signal);
  if (given === undefined || pool === undefined || wrong.length > 0) throw new ValidationError(wrong);
  return { ...given, pool, batch, acquisition, randomShare, qnn };
}

/** The rules of complete settings. */
export function rulesOf(settings: CampaignSettings, poolSize: number): CampaignRules {
  const { seed, classNames, budget, batch, acquisition, randomShare, reservationSeconds, prices } = settings;
  return {
    ...{ seed, poolSize, classNames, budget, batch },
    policy: acquisition as AcquisitionPolicyName,
    randomShare: randomShare ?? RANDOM_SHARE,
    reservationMs: reservationSeconds === 0 ? Number.POSITIVE_INFINITY : 1000 * reservationSeconds,
    prices:
      prices === undefined ? null : { label: prices.label, point: prices.accuracyPoint, synthesis: prices.synthesis },
  };
}
