import type { Interval, PortfolioChoice, ReplicateChoice } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { encodeForeignConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { differenceOf } from '../../../domain/choice/paired-scores.ts';
import type { Decision, Decisions, Portfolio, PortfolioDecision } from '../../../domain/evaluation/choices.ts';
import type { Utility } from '../../../domain/reward/utility.ts';
import { type MethodChoice, methodReason } from '../../../domain/selection/portfolio.ts';
import type { EvaluationContext } from '../jobs/evaluation-context.ts';

/** The decisions as messages; those that are not known are left out. */
export function encodeDecisions({ replicates, own }: Decisions): {
  readonly choices: ReplicateChoice[];
  readonly ownChoice: ReplicateChoice | undefined;
} {
  return {
    choices: replicates.flatMap((decision, draw) => (decision === null ? [] : [encodeChoice(decision, draw)])),
    ownChoice: own === null ? undefined : encodeChoice(own),
  };
}

/** Which method the arm `portfolio` took, and why. */
export function encodePortfolio(
  { space, baselineHyperparameters }: Pick<EvaluationContext, 'space' | 'baselineHyperparameters'>,
  { method, ...decisions }: Portfolio,
): PortfolioChoice {
  return {
    arm: method.best?.arm ?? '',
    reason: methodReason(method),
    candidates: method.ranked.map(({ arm, hyperparameters, utility, shrunk }, i) => ({
      arm,
      hyperparameters: encodeForeignConfiguration(hyperparameters, space, baselineHyperparameters),
      utility: encodeUtility(utility),
      shrunkUtility: shrunk,
      chosen: i === 0,
    })),
    utilityReliability: method.reliability ?? undefined,
    choices: decisions.replicates.flatMap((decision, draw) =>
      decision === null ? [] : [encodePortfolioChoice(decision, method, draw)],
    ),
    ownChoice: decisions.own === null ? undefined : encodePortfolioChoice(decisions.own, method),
  };
}

function encodePortfolioChoice(
  { arm, alternative, ...decision }: PortfolioDecision,
  { best }: MethodChoice,
  draw?: number,
): ReplicateChoice {
  const other = arm === null || arm === best?.arm ? undefined : arm;
  const alternatives = { alternativeScore: alternative?.score, alternativeError: alternative?.standardError };
  return { ...encodeChoice(decision, draw), arm: other, ...alternatives };
}

/** `draw`: the replicate; absent for the study's own labels. */
function encodeChoice({ adds, scores, dimension }: Decision, draw?: number): ReplicateChoice {
  if (scores === null) return { draw, adds };
  const { classifier, flexible, qnn, standardError } = differenceOf(scores);
  const dimensions = { dimension: dimension?.labels, priorDimension: dimension?.prior };
  return {
    draw,
    adds,
    classifierScore: classifier,
    flexibleScore: flexible,
    qnnScore: qnn,
    standardError,
    ...dimensions,
  };
}

/** U with its interval. */
export function encodeUtility({ value, interval }: Utility): Interval {
  return { estimate: value, lower: interval[0], upper: interval[1], level: 0.95 };
}
