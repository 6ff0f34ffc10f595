import { type PaperTerms, type TermStatistics, zScores } from './paper-terms.ts';
import type { RewardForm } from './reward-form.ts';

/** The row of {@link paperLiteralReward}. */
export const paperLiteral: RewardForm = {
  description: "The paper's formula as printed, over z-scores: it rewards a high QNN loss; the result has a warning.",
  weighted: true,
  warning:
    'reward form paper-literal maximizes the formula as printed: it rewards a high QNN loss, low entropy and synthetic ' +
    'points that the auditor catches. Use constrained, or paper-corrected for the same terms with the right signs.',
  reward: ({ terms, statistics, weights }) => paperLiteralReward(terms, statistics, weights),
};

/** The printed formula over z-scores, maximized: R = w1·L_QNN + w2·L_Diversity − w3·L_Imbalance + w4·L_GAN. */
export function paperLiteralReward(terms: PaperTerms, statistics: TermStatistics, weights: readonly number[]): number {
  const [qnn, diversity, imbalance, gan] = zScores(terms, statistics);
  return weights[0] * qnn + weights[1] * diversity - weights[2] * imbalance + weights[3] * gan;
}
