import { byClassifier } from './by-classifier.ts';
import type { ChoiceRule } from './choice-rule.ts';
import type { PriorDimension } from './prior-dimension.ts';

/** Share of the prior's dimension below which the labels lie on another kind of set than its points. */
const SHARE = 0.5;

/**
 * Adds points where {@link byClassifier} does, unless they follow a density of each class and the labels lie on a set of less than half the
 * dimension of the prior's points.
 * Points beside such a set are in places that no data has, and a classifier cannot tell with few labels: on two curves of dimension one
 * in ten features, 40 labels show no lead of a flexible classifier on half of the draws. The dimension takes no label and is
 * certain at N = 18 (`node bench/src/main.ts choice`).
 */
export const byDimension: ChoiceRule = {
  description:
    'As `classifier`, unless the points follow a density of each class and the labels lie on a set of less than half its dimension.',
  isCrossValidated: true,
  adds: (evidence) =>
    byClassifier.adds(evidence) && (evidence.isClassDensity === false || !isBeside(evidence.dimension)),
  isBeside,
};

function isBeside(dimension: PriorDimension | null): boolean {
  return dimension !== null && dimension.labels < SHARE * dimension.prior;
}
