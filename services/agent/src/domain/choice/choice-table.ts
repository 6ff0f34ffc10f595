import { always } from './always.ts';
import { byClassifier } from './by-classifier.ts';
import { byDimension } from './by-dimension.ts';
import { byUtility } from './by-utility.ts';
import type { ChoiceRule } from './choice-rule.ts';

/** Every rule by which points are added or not, by the name that study files use; the default first. */
export const CHOICE_RULES = {
  dimension: byDimension,
  classifier: byClassifier,
  utility: byUtility,
  always,
} as const satisfies Record<string, ChoiceRule>;

/** Names of the rules, in the order of the table. */
export const CHOICE_RULE_NAMES = Object.keys(CHOICE_RULES) as (keyof typeof CHOICE_RULES)[];

/** A study's rule. A study from before rules had names has none, and decides by utility. */
export function choiceRuleOf(name: string): ChoiceRule {
  return Object.hasOwn(CHOICE_RULES, name) ? CHOICE_RULES[name as keyof typeof CHOICE_RULES] : byUtility;
}
