import type { EvaluationSettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { METHOD } from '@qloom/study/synthesis/offered-method.ts';
import { alternativeScore } from '../../domain/choice/alternative.ts';
import { choiceRuleOf } from '../../domain/choice/choice-table.ts';
import type { PairedScores } from '../../domain/choice/paired-scores.ts';
import type { Decision, Decisions, PortfolioDecision } from '../../domain/evaluation/choices.ts';
import { choiceJob, type EvaluationPlan } from '../../domain/evaluation/jobs.ts';
import { type TestScore, unpackTestScore } from '../../domain/evaluation/test-score.ts';
import type { Utility } from '../../domain/reward/utility.ts';
import type { MethodChoice } from '../../domain/selection/portfolio.ts';
import type { StudyView } from '../replay/study-view.ts';
import { type ChoiceResult, readJob } from './jobs/job-results.ts';

/** The configuration whose points are added or not, and its utility. */
interface Candidate {
  readonly utility: Utility;
  readonly hyperparameters: Configuration;
}

/**
 * Whether the points of the candidate (null: no configuration could be fitted) are added, to each replicate and to the study's own
 * labels, as far as the jobs behind it are done.
 */
export function decisionsOf(
  view: StudyView,
  plan: EvaluationPlan,
  candidate: Candidate | null,
  { choice, methods }: Pick<EvaluationSettings, 'choice' | 'methods'>,
): Decisions {
  const rule = choiceRuleOf(choice);
  const decide = (replicate: number | null): Decision | null => {
    if (candidate === null) return { adds: false, scores: null, dimension: null };
    const isDone = view.jobs.has(choiceJob(replicate));
    if (rule.isCrossValidated && !isDone) return null;
    const { utility, hyperparameters } = candidate;
    const isClassDensity = !methods?.withoutDensity.includes(String(hyperparameters[METHOD]));
    const { scores, dimension } = rule.isCrossValidated ? measuredOn(view, replicate) : NOT_MEASURED;
    return { adds: rule.adds({ utility, scores, dimension, isClassDensity }), scores, dimension };
  };
  return {
    replicates: Array.from({ length: plan.replicates }, (_, replicate) => decide(replicate)),
    own: decide(null),
  };
}

/** The decisions on the portfolio's method, and on the alternative where the method's points are not added and it was cross-validated. */
export function withAlternative(
  view: StudyView,
  plan: EvaluationPlan,
  { best }: MethodChoice,
  { replicates, own }: Decisions,
): Decisions<PortfolioDecision> {
  const decide = (decision: Decision | null, replicate: number | null): PortfolioDecision | null => {
    if (decision === null) return null;
    const { scores, alternative } = measuredOn(view, replicate);
    if (decision.adds || scores === null || alternative === null) {
      return { ...decision, arm: decision.adds ? (best?.arm ?? null) : null, alternative: null };
    }
    const score = alternativeScore(scores.qnn, alternative);
    return { ...decision, adds: score.isAhead, arm: score.isAhead ? plan.alternative : null, alternative: score };
  };
  return { replicates: replicates.map(decide), own: decide(own, null) };
}

const NOT_MEASURED = { scores: null, dimension: null, alternative: null } as const;

/** What a replicate's cross-validation measured, which is done; nothing if it could not be made. */
function measuredOn(
  view: StudyView,
  replicate: number | null,
): Pick<Decision, 'scores' | 'dimension'> & { readonly alternative: TestScore | null } {
  const result = readJob<ChoiceResult>(view.jobs, choiceJob(replicate));
  if (result === null) return NOT_MEASURED;
  const scores: PairedScores = {
    classifier: unpackTestScore(result.classifier),
    flexible: unpackTestScore(result.flexible),
    qnn: unpackTestScore(result.qnn),
  };
  const alternative = result.alternative === undefined ? null : unpackTestScore(result.alternative);
  return { scores, dimension: result.dimension ?? null, alternative };
}
