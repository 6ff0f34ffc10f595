import type { ChoiceRule } from './choice-rule.ts';

/** Adds points where U is surely above 0 on the outer split: the same decision for every replicate. */
export const byUtility: ChoiceRule = {
  description:
    "The lower bound of the utility's 95% interval on the outer split is above 0, for all replicates at once.",
  isCrossValidated: false,
  adds: ({ utility }) => utility.interval[0] > 0,
};
