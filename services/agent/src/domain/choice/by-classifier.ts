import type { ChoiceRule } from './choice-rule.ts';
import { differenceOf } from './paired-scores.ts';

/**
 * Adds points where the generator's own classifier is above the QNN in cross-validation. Synthetic points carry what the
 * generator knows of the classes; a QNN that knows more already cannot learn from them. Equal scores add nothing.
 */
export const byClassifier: ChoiceRule = {
  description: "The generator's own classifier is above the real-only QNN in cross-validation inside the labels.",
  isCrossValidated: true,
  adds({ scores }) {
    if (scores === null) return false;
    const { classifier, qnn } = differenceOf(scores);
    return classifier > qnn;
  },
};
