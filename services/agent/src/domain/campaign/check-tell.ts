import { isDeepStrictEqual } from 'node:util';
import {
  type CampaignAnswer,
  type CampaignRules,
  type CampaignState,
  isRepeated,
  rowOf,
  type Told,
} from './campaign.ts';
import { CampaignError, type CampaignProblem } from './campaign-error.ts';
import { takenToken } from './check-ask.ts';

/** Answers to take. */
export interface TellForm {
  readonly who: string;
  readonly token: string;
  readonly answers: readonly CampaignAnswer[];
}

/** The change that answers come to, and how many of them say something new. */
export interface TellPlan {
  /** Null where nothing is new: all were told before, by this request or by the same person. */
  readonly told: Told | null;
  readonly changed: number;
}

/**
 * Plans what answers come to. Throws CampaignError: `invalid` with every wrong answer, `already-exists` where the token
 * belongs to another request.
 */
export function planTell(rules: CampaignRules, state: CampaignState, form: TellForm): TellPlan {
  const told: Told = { kind: 'told', ...form };
  const before = state.byToken.get(form.token);
  if (before !== undefined) {
    if (!isDeepStrictEqual(before, told)) throw takenToken(form.token);
    return { told: null, changed: 0 };
  }
  const problems: CampaignProblem[] = [];
  const firsts = new Map<string, number>();
  form.answers.forEach((answer, i) => {
    const first = firsts.get(answer.point);
    if (first === undefined) firsts.set(answer.point, i);
    const problem =
      first === undefined
        ? problemOf(rules, state, form.who, answer)
        : {
            field: 'point',
            description: `${answer.point} is in answers[${first}] too; one answer about a point is right`,
          };
    if (problem !== null) problems.push({ ...problem, field: `answers[${i}].${problem.field}` });
  });
  if (problems.length > 0) {
    const listed = problems.map(({ field, description }) => `${field}: ${description}`).join('; ');
    throw new CampaignError('invalid', listed, problems);
  }
  const changed = form.answers.filter((answer) => !isRepeated(state, form.who, answer)).length;
  return { told: changed === 0 ? null : told, changed };
}

/** What is wrong with an answer; null if nothing is. */
function problemOf(
  { poolSize, classNames }: CampaignRules,
  state: CampaignState,
  who: string,
  answer: CampaignAnswer,
): CampaignProblem | null {
  const { point, outcome, isCorrection } = answer;
  const wrong = (field: string, description: string): CampaignProblem => ({ field, description });
  const row = rowOf(point);
  if (row < 0 || row >= poolSize) {
    return wrong('point', `${JSON.stringify(point)} is no point; p0 to p${poolSize - 1} are`);
  }
  const known = state.points.get(row);
  if (known === undefined) return wrong('point', `${point} was not handed out; ask for points first`);
  if (outcome.kind === 'label' && !classNames.includes(outcome.label)) {
    return wrong('label', `${JSON.stringify(outcome.label)} of ${point} is no class; ${classNames.join(', ')} are`);
  }
  if (outcome.kind === 'label') {
    const { margin, marginError } = outcome.provenance;
    for (const [field, value] of Object.entries({ margin, margin_error: marginError })) {
      if (value === null || (value >= 0 && value < Infinity)) continue;
      return wrong(`provenance.${field}`, `${value} of ${point} is no finite number of at least 0`);
    }
  }
  if (isRepeated(state, who, answer) || isCorrection) return null;
  if (known.answer === null || known.answer.outcome.kind === 'withdrawn') return null;
  if (outcome.kind === 'withdrawn') return null;
  const { outcome: earlier, teller } = known.answer;
  const said = earlier.kind === 'label' ? `has the label ${earlier.label}` : 'is excluded';
  return wrong('point', `${point} ${said} by ${teller}; mark the answer as a correction to replace it`);
}
