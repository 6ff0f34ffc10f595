import { constrained } from './constrained.ts';
import { paperCorrected } from './paper-corrected.ts';
import { paperLiteral } from './paper-literal.ts';
import type { RewardForm } from './reward-form.ts';

/** Every form of the reward, by the name that study files use; the default first. */
export const REWARD_FORMS = {
  constrained,
  'paper-literal': paperLiteral,
  'paper-corrected': paperCorrected,
} as const satisfies Record<string, RewardForm>;

/** The name of a form. */
export type RewardFormName = keyof typeof REWARD_FORMS;

/** Names of the forms, in the order of the table. */
export const REWARD_FORM_NAMES = Object.keys(REWARD_FORMS) as RewardFormName[];
