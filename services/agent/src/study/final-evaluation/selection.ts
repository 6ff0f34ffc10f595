import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { bestSetting } from '../../domain/evaluation/baseline-tuning.ts';
import { incumbentsOf } from '../../domain/evaluation/incumbents.ts';
import { type EvaluationPlan, outerJob, tuneJob } from '../../domain/evaluation/jobs.ts';
import { utilityOf } from '../../domain/reward/utility.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import { type Rechecked, type Selection, select, selectByLowerBound } from '../../domain/selection/select.ts';
import { episodeRecipe } from '../replay/episode-recipe.ts';
import { rewardedEpisodes, type StudyView } from '../replay/study-view.ts';
import { type OuterResult, readJob, type TuneResult } from './jobs/job-results.ts';

/**
 * The selection among the candidates by their results on the outer folds. A candidate that could not be fitted on one of them is
 * left out. Callers ensure that every outer job is done.
 */
export function selectFrom(view: StudyView, plan: EvaluationPlan, seeds: StudySeeds): Selection {
  const episodes = incumbentsOf(rewardedEpisodes(view));
  const { defaultConfiguration } = plan;
  if (defaultConfiguration === null) return selectByLowerBound(recheckedOf(view, plan, seeds, episodes));
  const candidates = [{ episode: null, hyperparameters: defaultConfiguration }, ...episodes];
  return select(recheckedOf(view, plan, seeds, candidates));
}

function recheckedOf(
  view: StudyView,
  plan: EvaluationPlan,
  seeds: StudySeeds,
  candidates: readonly Omit<Rechecked, 'utility'>[],
): Rechecked[] {
  return candidates.flatMap(({ episode, hyperparameters }): Rechecked[] => {
    const recipe = episode === null ? { hyperparameters } : episodeRecipe(view, episode);
    const folds = Array.from({ length: plan.outerFolds }, (_, fold) =>
      readJob<OuterResult>(view.jobs, outerJob(episode, fold)),
    );
    if (folds.some((fold) => fold === null)) return [];
    const losses = (folds as OuterResult[]).map((fold) => ({
      realOnly: Float64Array.from(fold.realOnly),
      augmented: Float64Array.from(fold.augmented),
    }));
    const random = createRandom(seeds.job(`outer-${episode ?? 'default'}`, 'draw'));
    return [{ episode, ...recipe, utility: utilityOf(losses, random) }];
  });
}

/** The setting of a baseline with the smallest loss on the reward folds; null if all failed. */
export function tunedBaseline(view: StudyView, plan: EvaluationPlan, baseline: string): Configuration | null {
  const results = Array.from({ length: plan.baselineEvaluations }, (_, index) =>
    readJob<TuneResult>(view.jobs, tuneJob(baseline, index)),
  );
  const best = bestSetting(results.map((result) => ({ loss: result?.loss ?? null, result })));
  return best?.result?.hyperparameters ?? null;
}
