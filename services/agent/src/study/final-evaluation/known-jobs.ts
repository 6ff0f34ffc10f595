import type { Space } from '@qloom/study/space/space.ts';
import { choiceRuleOf } from '../../domain/choice/choice-table.ts';
import type { Choices } from '../../domain/evaluation/choices.ts';
import { incumbentsOf } from '../../domain/evaluation/incumbents.ts';
import {
  armsOf,
  comparisonJobs,
  type EvaluationPlan,
  type Job,
  QLOOM,
  searchJobs,
} from '../../domain/evaluation/jobs.ts';
import { createSeeds } from '../../domain/seeds.ts';
import { learnedConfiguration } from '../../domain/selection/learned-defaults.ts';
import type { MethodChoice } from '../../domain/selection/portfolio.ts';
import { outerFoldCount } from '../data/study-data.ts';
import { rewardedEpisodes, type StudyView } from '../replay/study-view.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import { decisionsOf, withAlternative } from './decisions.ts';
import { methodFrom } from './portfolio.ts';
import { selectFrom, tunedBaseline } from './selection.ts';

/** The plan of a study's final evaluation. A study from before choices had names has no default candidate. */
export function evaluationPlan(settings: CompleteSettings, space: Space): EvaluationPlan {
  const { draws, rivals, rivalEvaluations, choice, portfolio, portfolioDefault, methods } = settings.evaluation;
  return {
    replicates: draws,
    baselines: rivals,
    baselineEvaluations: rivalEvaluations,
    hasOracle: settings.data.source?.$case === 'task',
    outerFolds: outerFoldCount(settings),
    defaultConfiguration: choice === '' ? null : learnedConfiguration(space, settings.data.labelBudget),
    hasChoiceJobs: choiceRuleOf(choice).isCrossValidated,
    hasPortfolio: portfolio,
    portfolioDefault: portfolioDefault ?? QLOOM,
    alternative: (portfolio && methods?.alternative) || null,
    hasPretraining: settings.pretraining !== undefined,
  };
}

/** What is known of a final evaluation's work. */
export interface KnownJobs {
  readonly jobs: readonly Job[];
  /** Arms of the result; final once all jobs are done. */
  readonly arms: readonly string[];
  /** Null until a candidate is selected. */
  readonly choices: Choices | null;
}

/** The jobs that are known, and the choices so far. The number of jobs does not depend on the choices. */
export function knownJobs(view: StudyView, plan: EvaluationPlan, settings: CompleteSettings): KnownJobs {
  const incumbents = incumbentsOf(rewardedEpisodes(view));
  const before = searchJobs(
    plan,
    incumbents.map((candidate) => candidate.episode),
  );
  if (!before.every((job) => view.jobs.has(job.name))) {
    const hasCandidate = incumbents.length > 0 || plan.defaultConfiguration !== null;
    const hasMethod = hasCandidate || (plan.hasPortfolio && plan.baselines.length > 0);
    const after = comparisonJobs(plan, { hasCandidate, hasMethod }, () => null);
    return { jobs: [...before, ...after], arms: armsOf(plan, false), choices: null };
  }
  const { selection, baselines, method } = selectedOf(view, plan, settings);
  const decisions = decisionsOf(view, plan, selection.best, settings.evaluation);
  const portfolio = method && {
    method,
    ...withAlternative(view, plan, method, decisionsOf(view, plan, method.best, settings.evaluation)),
  };
  const hasCandidate = selection.best !== null;
  const hasMethod = hasCandidate || (method !== null && method.best !== null);
  const isRefused = decisions.replicates.some((decision) => decision?.adds === false);
  const adds = (replicate: number) => decisions.replicates[replicate]?.adds ?? null;
  const after = comparisonJobs(plan, { hasCandidate, hasMethod }, adds);
  const arms = armsOf(plan, hasCandidate && isRefused);
  return { jobs: [...before, ...after], arms, choices: { selection, baselines, portfolio, ...decisions } };
}

/** What is selected before the comparison. */
interface Selected extends Pick<Choices, 'selection' | 'baselines'> {
  /** The method of arm `portfolio`; null in a study without that arm. */
  readonly method: MethodChoice | null;
}

/**
 * Selections by the record that created their study, cached because they are needed at every event and are a function of
 * jobs that never change once all are written.
 */
const selected = new WeakMap<object, Selected>();

function selectedOf(view: StudyView, plan: EvaluationPlan, settings: CompleteSettings): Selected {
  const known = view.created && selected.get(view.created);
  if (known !== undefined) return known;
  const seeds = createSeeds(settings.seed);
  const selection = selectFrom(view, plan, seeds);
  const choices = {
    selection,
    baselines: new Map(plan.baselines.map((baseline) => [baseline, tunedBaseline(view, plan, baseline)])),
    method: plan.hasPortfolio ? methodFrom(view, plan, selection, seeds) : null,
  };
  if (view.created !== undefined) selected.set(view.created, choices);
  return choices;
}
