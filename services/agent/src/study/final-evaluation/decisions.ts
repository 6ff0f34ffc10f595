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
    if (utility === null) return { adds: false, scores: null };
    const isDone = view.jobs.has(choiceJob(replicate));
    if (rule.isCrossValidated && !isDone) return null;
    const scores = rule.isCrossValidated ? scoresOf(view, replicate) : null;
    return { adds: rule.adds({ utility, scores }), scores };
  };
  return {
    replicates: Array.from({ length: plan.replicates }, (_, replicate) => decide(replicate)),
    own: decide(null),
  };
}

/** The scores of a replicate's cross-validation, which is done; null if it could not be made. */
function scoresOf(view: StudyView, replicate: number | null): PairedScores | null {
  const result = readJob<ChoiceResult>(view.jobs, choiceJob(replicate));
  return (
    result && {
      classifier: unpackTestScore(result.classifier),
      flexible: unpackTestScore(result.flexible),
      qnn: unpackTestScore(result.qnn),
    }
  );
}
