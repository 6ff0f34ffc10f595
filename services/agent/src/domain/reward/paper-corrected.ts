import { type PaperTerms, type TermStatistics, zScores } from './paper-terms.ts';
import type { RewardForm } from './reward-form.ts';

/** The row of {@link paperCorrectedReward}. */
export const paperCorrected: RewardForm = {
  description: "The paper's four terms as losses, over z-scores, negated.",
  weighted: true,
  reward: ({ terms, statistics, weights }) => paperCorrectedReward(terms, statistics, weights),
};

/**
 * The four terms of the printed formula as losses, negated: R = −(w1·L_QNN + w2·L_Diversity + w3·L_Imbalance +
 * w4·L_GAN). The discriminator maximizes L_GAN, so that it is high if fakes are detected.
 */
export function paperCorrectedReward(
  terms: PaperTerms,
  statistics: TermStatistics,
  weights: readonly number[],
): number {
  return -zScores(terms, statistics).reduce((sum, z, i) => sum + weights[i] * z, 0) + 0;
}
