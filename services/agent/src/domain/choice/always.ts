import type { ChoiceRule } from './choice-rule.ts';

/** Adds points without a look. */
export const always: ChoiceRule = {
  description: 'Points are always added.',
  isCrossValidated: false,
  adds: () => true,
};
