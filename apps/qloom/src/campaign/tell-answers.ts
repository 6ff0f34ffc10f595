import { createHash } from 'node:crypto';
import { Answer, type TellResponse } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
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
 * Tells answers. Its token is their content, so that a repetition after a lost connection, or of the whole command, changes
 * nothing. Throws `UsageError` with the place of every wrong answer.
 */
export async function tellAnswers(
  { campaigns, signal }: CampaignClients,
  { id, who, answers, places }: TellAnswers,
): Promise<TellResponse> {
  const content = JSON.stringify([who, answers.map((answer) => Answer.toJSON(answer))]);
  const token = createHash('sha256').update(content).digest('hex');
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
