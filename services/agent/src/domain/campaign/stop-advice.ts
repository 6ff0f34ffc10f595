import { expectedGain } from '@qloom/acquisition/stopping/expected-gain.ts';
import { type StopDecision, shouldStop } from '@qloom/acquisition/stopping/should-stop.ts';
import type { CampaignRules, CampaignState } from './campaign.ts';

/** Whether the next batch is worth its price, by the errors that the committees expected of themselves; null without prices. */
export function stopAdvice({ batch, prices }: CampaignRules, { rounds }: CampaignState): StopDecision | null {
  if (prices === null) return null;
  return shouldStop(curveOf(rounds), batch, prices);
}

/** Reduction of the committee's error to expect of the next batch, in [0, 1]; Infinity while nothing can be expected. */
export function labelGain({ batch }: CampaignRules, { rounds }: CampaignState): number {
  return expectedGain(curveOf(rounds), batch);
}

function curveOf(rounds: CampaignState['rounds']) {
  return rounds.map(({ labels, expectedError, meanCost }) => ({
    labels,
    error: expectedError,
    ...(meanCost === null ? {} : { price: meanCost }),
  }));
}
