import { clip, mean, standardDeviation } from '../maths/statistics.ts';

/** The four terms of the printed reward, as losses. */
export interface PaperTerms {
  /** L_QNN: the QNN's loss on held-out real data. */
  readonly qnn: number;
  /** L_Diversity = −entropy of the synthetic points. */
  readonly diversity: number;
  /** L_Imbalance = |p(synthetic) − p(real)|. */
  readonly imbalance: number;
  /** L_GAN = E[log D(real)] + E[log(1 − D(synthetic))], D the auditor's probability clipped to [.01, .99]. */
  readonly gan: number;
}

/** Order of the weights w1 … w4. */
export const PAPER_TERMS = ['qnn', 'diversity', 'imbalance', 'gan'] as const;

/** Mean and deviation of each term over the episodes that were known when this one was proposed. */
export type TermStatistics = Readonly<Record<keyof PaperTerms, { readonly mean: number; readonly deviation: number }>>;

/** Default weights: a quarter each. */
export const EQUAL_WEIGHTS: readonly number[] = [0.25, 0.25, 0.25, 0.25];

/** Statistics before there are two episodes: terms are not changed. */
export const NEUTRAL_STATISTICS: TermStatistics = {
  qnn: { mean: 0, deviation: 1 },
  diversity: { mean: 0, deviation: 1 },
  imbalance: { mean: 0, deviation: 1 },
  gan: { mean: 0, deviation: 1 },
};

/** Statistics of the terms of `episodes`; neutral with fewer than two. */
export function termStatistics(episodes: readonly PaperTerms[]): TermStatistics {
  if (episodes.length < 2) return NEUTRAL_STATISTICS;
  const of = (term: keyof PaperTerms) => {
    const values = episodes.map((episode) => episode[term]);
    return { mean: mean(values), deviation: Math.max(standardDeviation(values), 1e-6) };
  };
  return { qnn: of('qnn'), diversity: of('diversity'), imbalance: of('imbalance'), gan: of('gan') };
}

/** z-scores of the terms, in the order of {@link PAPER_TERMS}, within ±10. */
export function zScores(terms: PaperTerms, statistics: TermStatistics): number[] {
  return PAPER_TERMS.map((term) => clip((terms[term] - statistics[term].mean) / statistics[term].deviation, -10, 10));
}
