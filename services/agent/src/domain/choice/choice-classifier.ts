import type { ProbabilisticClassifierName } from '@qloom/metrics/classifiers/classifier-table.ts';

/**
 * The classifiers of a choice, rows of `PROBABILISTIC_CLASSIFIERS`. The pooled LDA is Bayes' rule for the prior on which the decoder
 * is built: what it knows of the classes, synthetic points carry. The teacher assumes no density.
 */
export const CHOICE_CLASSIFIERS = { classifier: 'lda', flexible: 'teacher' } as const satisfies Record<
  string,
  ProbabilisticClassifierName
>;
