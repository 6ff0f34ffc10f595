import { createRandom } from '@qloom/random/random.ts';
import { type EvaluationPlan, QLOOM, TUNE_REFERENCE, tuneJob } from '../../domain/evaluation/jobs.ts';
import { unpackLosses } from '../../domain/evaluation/packed-losses.ts';
import { utilityOf } from '../../domain/reward/utility.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import { crossFittedLosses } from '../../domain/selection/cross-fitted.ts';
import { chooseMethod, type MethodChoice, type PortfolioMethod } from '../../domain/selection/portfolio.ts';
import type { Selection } from '../../domain/selection/select.ts';
import type { StudyView } from '../replay/study-view.ts';
import { readJob, type TuneReferenceResult, type TuneResult } from './jobs/job-results.ts';
import { tunedBaseline } from './selection.ts';

/**
 * The method of arm `portfolio`, by the study's own labels: Qloom's selected configuration, or a baseline as tuned. A method that
 * could not be fitted is left out, so is the alternative, which is taken replicate by replicate, and so are all baselines if real data only diverged on the reward folds. Callers ensure that every job
 * of the search is done.
 */
export function methodFrom(
  view: StudyView,
  plan: EvaluationPlan,
  { best }: Selection,
  seeds: StudySeeds,
): MethodChoice {
  const own: PortfolioMethod[] = best === null ? [] : [{ ...best, arm: QLOOM }];
  const reference = readJob<TuneReferenceResult>(view.jobs, TUNE_REFERENCE);
  if (reference === null) return chooseMethod(own, plan.portfolioDefault);
  const realOnly = reference.losses.map(unpackLosses);
  const methods = plan.baselines.filter((arm) => arm !== plan.alternative);
  const baselines = methods.flatMap((arm): PortfolioMethod[] => {
    const hyperparameters = tunedBaseline(view, plan, arm);
    const settings = Array.from({ length: plan.baselineEvaluations }, (_, index) => {
      const losses = readJob<TuneResult>(view.jobs, tuneJob(arm, index))?.losses;
      return losses === undefined ? [] : [losses.map(unpackLosses)];
    }).flat();
    if (hyperparameters === null || settings.length === 0) return [];
    const random = createRandom(seeds.job(`tune-${arm}`, 'draw'));
    return [{ arm, hyperparameters, utility: utilityOf(crossFittedLosses(realOnly, settings), random) }];
  });
  return chooseMethod([...own, ...baselines], plan.portfolioDefault);
}
