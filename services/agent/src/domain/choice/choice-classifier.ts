import type { ProbabilisticClassifierName } from '@qloom/metrics/classifiers/classifier-table.ts';

/**
 * The generator's own classifier, a row of `PROBABILISTIC_CLASSIFIERS`: what it knows of the classes, its points carry. The pooled
 * LDA is the classifier of the prior on which the decoder is built.
 */
export const CHOICE_CLASSIFIER: ProbabilisticClassifierName = 'lda';
