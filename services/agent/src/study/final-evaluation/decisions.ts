import { choiceRuleOf } from '../../domain/choice/choice-table.ts';
import type { PairedScores } from '../../domain/choice/paired-scores.ts';
import type { Decision, Decisions } from '../../domain/evaluation/choices.ts';
import { choiceJob, type EvaluationPlan } from '../../domain/evaluation/jobs.ts';
import { unpackTestScore } from '../../domain/evaluation/test-score.ts';
import type { Utility } from '../../domain/reward/utility.ts';
import type { StudyView } from '../replay/study-view.ts';
import { type ChoiceResult, readJob } from './jobs/job-results.ts';

/** Whether the points with this utility (null: no configuration could be fitted) are added, to each replicate and to the study's own labels, as far as the jobs behind it are done. */
export function decisionsOf(view: StudyView, plan: EvaluationPlan, utility: Utility | null, choice: string): Decisions {
  const rule = choiceRuleOf(choice);
  const decide = (replicate: number | null): Decision | null => {
    if (utility === null) return { adds: false, scores: null, dimension: null };
    const isDone = view.jobs.has(choiceJob(replicate));
    if (rule.isCrossValidated && !isDone) return null;
    const measured = rule.isCrossValidated ? measuredOn(view, replicate) : NOT_MEASURED;
    return { adds: rule.adds({ utility, ...measured }), ...measured };
  };
  return {
    replicates: Array.from({ length: plan.replicates }, (_, replicate) => decide(replicate)),
    own: decide(null),
  };
}

const NOT_MEASURED = { scores: null, dimension: null } as const;

/** What a replicate's cross-validation measured, which is done; nothing if it could not be made. */
function measuredOn(view: StudyView, replicate: number | null): Pick<Decision, 'scores' | 'dimension'> {
  const result = readJob<ChoiceResult>(view.jobs, choiceJob(replicate));
  if (result === null) return NOT_MEASURED;
  const scores: PairedScores = {
    classifier: unpackTestScore(result.classifier),
    flexible: unpackTestScore(result.flexible),
    qnn: unpackTestScore(result.qnn),
  };
  return { scores, dimension: result.dimension ?? null };
}
