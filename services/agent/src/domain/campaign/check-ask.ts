import { type Asked, type CampaignRules, type CampaignState, pointId } from './campaign.ts';
import { CampaignError } from './campaign-error.ts';
import { isHeld, type OpenPoints, openPoints } from './open-points.ts';

/** A request for points. */
export interface AskForm {
  readonly who: string;
  readonly token: string;
  /** 0: the campaign's batch. */
  readonly count: number;
}

/** What a request for points comes to: the answer to the same request before, or how many of which points may be handed out. */
export type AskPlan =
  | { readonly kind: 'answered'; readonly asked: Asked }
  | { readonly kind: 'open'; readonly open: OpenPoints; readonly count: number };

/**
 * Plans the answer to a request at `nowMs`. Throws CampaignError `already-exists` where the token belongs to another request,
 * and `precondition` where nothing may be handed out.
 */
export function planAsk(rules: CampaignRules, state: CampaignState, form: AskForm, nowMs: number): AskPlan {
  const before = state.byToken.get(form.token);
  if (before !== undefined) {
    if (before.kind === 'asked' && before.who === form.who && before.count === form.count) {
      return { kind: 'answered', asked: before };
    }
    throw takenToken(form.token);
  }
  const open = openPoints(rules, state, nowMs);
  const count = Math.min(form.count === 0 ? rules.batch : form.count, open.left, open.rows.length);
  if (count > 0) return { kind: 'open', open, count };
  const { labelled, pending } = open;
  if (open.left === 0) {
    const told = `the budget of ${rules.budget} labels is used: ${labelled.length} points have a label`;
    throw new CampaignError('precondition', `${told}${heldText(rules, state, nowMs, pending.length)}`);
  }
  throw new CampaignError(
    'precondition',
    `no point of the pool of ${rules.poolSize} is left${heldText(rules, state, nowMs, pending.length)}`,
  );
}

/** Thrown for a token of another request. */
export function takenToken(token: string): CampaignError {
  return new CampaignError('already-exists', `token ${token}: belongs to another request; choose a new one`);
}

/** Points that are named in a message. */
const NAMED = 8;

/** Who holds points without an answer. */
function heldText(rules: CampaignRules, state: CampaignState, nowMs: number, pending: number): string {
  if (pending === 0) return '';
  const byHolder = new Map<string, string[]>();
  for (const [row, point] of state.points) {
    if (!isHeld(point, rules, nowMs)) continue;
    byHolder.set(point.holder, [...(byHolder.get(point.holder) ?? []), pointId(row)]);
  }
  const listed = [...byHolder].map(([who, ids]) => {
    const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
    return `${who} (${ids.slice(0, NAMED).join(', ')}${more})`;
  });
  return `, and ${pending} without an answer are with ${listed.join(', ')}: tell their answers, or give them back`;
}
