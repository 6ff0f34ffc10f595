import { type PaperTerms, type TermStatistics, zScores } from './paper-terms.ts';
import type { RewardForm } from './reward-form.ts';

/** The row of {@link paperCorrectedReward}. */
export const paperCorrected: RewardForm = {
  description: "The paper's four terms as losses, over z-scores, negated.",
  weighted: true,
  reward: ({ terms, statistics, weights }) => paperCorrectedReward(terms, statistics, weights),
};

/**
 * The same four as losses, negated: R = −(w1·L_QNN + w2·L_Diversity + w3·L_Imbalance + w4·L_GAN). L_GAN is what the
 * discriminator maximizes, so it is high where fakes are caught.
 */
export function paperCorrectedReward(
  terms: PaperTerms,
  statistics: TermStatistics,
  weights: readonly number[],
): number {
  return -zScores(terms, statistics).reduce((sum, z, i) => sum + weights[i] * z, 0) + 0;
}
