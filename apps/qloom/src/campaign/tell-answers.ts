import { randomUUID } from 'node:crypto';
import type { Answer, TellResponse } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { UsageError } from '../command/errors.ts';
import { untilAnswered } from '../run/follow-study.ts';
import type { CampaignClients } from './with-campaign.ts';

/** Answers of one person, and where each came from. */
export interface TellAnswers {
  readonly id: string;
  readonly who: string;
  readonly answers: readonly Answer[];
  /** Such as `answers.csv:3`, for each. */
  readonly places: readonly string[];
}

/**
 * Tells answers, under a token that its repetitions after a lost connection share and no other request has: the same answers may
 * be told again after others, as a correction of a correction. Throws `UsageError` with the place of every wrong answer.
 */
export async function tellAnswers(
  { campaigns, signal }: CampaignClients,
  { id, who, answers, places }: TellAnswers,
): Promise<TellResponse> {
  const token = randomUUID();
  try {
    return await untilAnswered(() => campaigns.tell({ id, who, token, answers: [...answers] }, { signal }), { signal });
  } catch (error) {
    const wrong = isServiceError(error) ? violationsOf(error) : [];
    if (wrong.length === 0 || !wrong.every(({ field }) => field.startsWith('answers['))) throw error;
    const lines = wrong.map(({ field, description }) => {
      const [, index, part] = /^answers\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
      return `${places[Number(index)]}: ${part}: ${description.replaceAll(/answers\[(\d+)\]/g, (_, i) => places[Number(i)])}`;
    });
    throw new UsageError(`${lines.join('\n')}\nNothing was told.`, { cause: error });
  }
}
