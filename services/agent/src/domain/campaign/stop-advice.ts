import { type StopDecision, shouldStop } from '@qloom/acquisition/stopping/should-stop.ts';
import type { CampaignRules, CampaignState } from './campaign.ts';

/** Whether the next batch is worth its price, by the errors that the committees expected of themselves; null without prices. */
export function stopAdvice({ batch, prices }: CampaignRules, { rounds }: CampaignState): StopDecision | null {
  if (prices === null) return null;
  const curve = rounds.map(({ labels, expectedError, meanCost }) => ({
    labels,
    error: expectedError,
    ...(meanCost === null ? {} : { price: meanCost }),
  }));
  return shouldStop(curve, batch, prices);
}
