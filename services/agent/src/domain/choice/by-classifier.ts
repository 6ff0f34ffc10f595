import type { ChoiceRule } from './choice-rule.ts';
import { differenceOf } from './paired-scores.ts';

/** Labels by which the generator's own classifier may be below the QNN. */
const LABELS_BELOW = 1;
/** Largest lead of the flexible classifier for a density that is right: a share, and so many labels more, since it is measured on N. */
const LEAD = { share: 0.04, labels: 1.6 } as const;

/**
 * Adds points where cross-validation inside N labels says that
 * - the generator's own classifier is not below the QNN by more than one label: synthetic points carry what the generator
 *   knows of the classes, and a QNN that knows more already cannot learn from them; and
 * - a classifier that assumes no density is ahead of the generator's own by at most .04 + 1.6/N. Its own classifier is Bayes' rule for
 *   its density, so a clear lead shows that the density is wrong, and points drawn from it are in the wrong places.
 *
 * The numbers were chosen by the gain on test points of draws that prove nothing else (`node bench/src/main.ts choice`).
 */
export const byClassifier: ChoiceRule = {
  description:
    "In cross-validation inside the labels, the generator's own classifier is not below the real-only QNN, and no other classifier is far above it.",
  isCrossValidated: true,
  adds({ scores }) {
    if (scores === null) return false;
    const { classifier, flexible, qnn, points } = differenceOf(scores);
    const isKnowing = points * (classifier - qnn) >= -LABELS_BELOW - ROUNDING;
    return isKnowing && flexible - classifier <= LEAD.share + LEAD.labels / points + ROUNDING;
  },
};

/** Shares of right predictions are sums of a few float64 numbers. */
const ROUNDING = 1e-9;
