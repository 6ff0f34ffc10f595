import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { CLASSICAL_ARMS } from './classical-table.ts';

/** The size of a final evaluation. */
export interface EvaluationPlan {
  /** Draws of labels and test points on which all arms are trained. */
  readonly replicates: number;
  /** Baseline methods, such as `noise` and `gaussian`. */
  readonly baselines: readonly string[];
  /** Number of settings (ratio and strength) that are evaluated for each baseline. */
  readonly baselineEvaluations: number;
  /** Whether new true samples can be drawn. */
  readonly hasOracle: boolean;
  readonly outerFolds: number;
  /** The default configuration, which is a candidate; null in studies without one. */
  readonly defaultConfiguration: Configuration | null;
  /** Whether each replicate's choice is cross-validated. */
  readonly hasChoiceJobs: boolean;
  /** Whether the agent also chooses the method, for an arm of its own. */
  readonly hasPortfolio: boolean;
  /** The arm whose method the portfolio takes where the utilities cannot be told apart. */
  readonly portfolioDefault: string;
  /** The baseline that is considered where the points of the portfolio's method are refused for their place; null without one. */
  readonly alternative: string | null;
  /** Whether the steps that pre-training saves are measured. */
  readonly hasPretraining: boolean;
}

/** One unit of work of the final evaluation, whose result is written to the log once, under its name. */
export type Job =
  /** A candidate on one outer fold: an episode, or the default configuration (null). */
  | { readonly kind: 'outer'; readonly name: string; readonly episode: number | null; readonly fold: number }
  /** One setting of a baseline on the reward folds. */
  | { readonly kind: 'tune'; readonly name: string; readonly baseline: string; readonly index: number }
  /** Real data only on the reward folds, which the utilities of all baselines have in common. */
  | { readonly kind: 'tune-reference'; readonly name: typeof TUNE_REFERENCE }
  /** The cross-validation that decides whether points are added to a replicate, or to the study's own labels (null). */
  | { readonly kind: 'choice'; readonly name: string; readonly replicate: number | null }
  /** One arm on one replicate, scored on the test set. `after` names the job that must be done first. */
  | {
      readonly kind: 'replicate';
      readonly name: string;
      readonly replicate: number;
      readonly arm: string;
      readonly after?: string;
    }
  /** All arms of the measurement of pre-training on one replicate. */
  | { readonly kind: 'pretraining'; readonly name: string; readonly replicate: number }
  /** The synthetic data set itself, from all labels of the study. */
  | { readonly kind: 'synthesis'; readonly name: 'synthesis' };

/** Arms that every comparison has, the reference first. */
export const REAL_ONLY = 'real-only';
/** Qloom's data on the replicates to which its rule adds them; real data only on the others. */
export const QLOOM = 'qloom';
/** Qloom's data on all replicates: an arm where the rule adds them to some only, or to none. */
export const QLOOM_UNSELECTED = 'qloom-unselected';
/** The points of the method that the agent chose, on the replicates to which its rule adds them. It has the scores of another arm. */
export const PORTFOLIO = 'portfolio';
/** New true samples, {@link ORACLE_RATIO} for each label. */
export const ORACLE = 'oracle';
/**
 * True samples that the oracle adds for each label, whatever ratio Qloom chooses, so that the share of the oracle's gain
 * that an arm reaches means the same in every study. The highest ratio that the generator of this repository offers.
 */
export const ORACLE_RATIO = 8;
/** Classifiers without a QNN, on real data only. */
export const CLASSICAL: readonly string[] = Object.keys(CLASSICAL_ARMS);
/** Names of arms that no baseline can have. */
export const RESERVED_ARMS: readonly string[] = [REAL_ONLY, QLOOM, QLOOM_UNSELECTED, PORTFOLIO, ORACLE, ...CLASSICAL];

/** Name of the job of real data only on the reward folds. */
export const TUNE_REFERENCE = 'tune-real-only';

/** Name of the job of setting `index` of a baseline on the reward folds. */
export function tuneJob(baseline: string, index: number): string {
  return `tune-${baseline}-${index}`;
}

/** Name of a candidate's job on an outer fold. `episode` is null for the default configuration. */
export function outerJob(episode: number | null, fold: number): string {
  return `outer-${episode ?? 'default'}-${fold}`;
}

/** Name of the job behind the decision for a replicate; null: for the study's own labels. */
export function choiceJob(replicate: number | null): string {
  return `choice-${replicate ?? 'own'}`;
}

/** Name of the job of an arm on a replicate. */
export function replicateJob(replicate: number, arm: string): string {
  return `draw-${replicate}-${arm}`;
}

/** What decides which trainings an arm has on a replicate. */
export interface Added {
  /** Whether Qloom's points are added. */
  readonly qloom: boolean;
  /** The arm whose points the portfolio adds; null where it adds none. */
  readonly portfolio: string | null;
}

/** Name of the job with the measurement of pre-training on a replicate. */
export function pretrainingJob(replicate: number): string {
  return `pretraining-${replicate}`;
}

/**
 * The job with the scores of an arm on a replicate. Where no points are added, arm `qloom` is real data only, and where they are,
 * `qloom-unselected` is `qloom`; `portfolio` is the arm whose method it took: the same trainings, which are done once.
 */
export function scoresJob(replicate: number, arm: string, added: Added): string {
  return replicateJob(replicate, trainedArm(arm, added));
}

function trainedArm(arm: string, added: Added): string {
  switch (arm) {
    case QLOOM:
      return added.qloom ? QLOOM : REAL_ONLY;
    case QLOOM_UNSELECTED:
      return added.qloom ? QLOOM : QLOOM_UNSELECTED;
    case PORTFOLIO:
      if (added.portfolio === null) return REAL_ONLY;
      // Its decision may differ from that of arm `qloom`.
      return added.portfolio === QLOOM ? trainedArm(QLOOM_UNSELECTED, added) : added.portfolio;
    default:
      return arm;
  }
}

/** Jobs that must be done before anything is selected: candidates on the outer folds, baselines on the reward folds. */
export function searchJobs(plan: EvaluationPlan, incumbents: readonly number[]): Job[] {
  const candidates = plan.defaultConfiguration === null ? incumbents : [null, ...incumbents];
  const outer = candidates.flatMap((episode) =>
    Array.from(
      { length: plan.outerFolds },
      (_, fold): Job => ({ kind: 'outer', name: outerJob(episode, fold), episode, fold }),
    ),
  );
  const tune = plan.baselines.flatMap((baseline) =>
    Array.from(
      { length: plan.baselineEvaluations },
      (_, index): Job => ({ kind: 'tune', name: tuneJob(baseline, index), baseline, index }),
    ),
  );
  const reference: Job[] = plan.hasPortfolio ? [{ kind: 'tune-reference', name: TUNE_REFERENCE }] : [];
  return [...outer, ...reference, ...tune];
}

/** Arms of the comparison, in the order of the report. */
export function armsOf(plan: EvaluationPlan, isUnselectedShown: boolean): string[] {
  return [
    REAL_ONLY,
    ...plan.baselines,
    QLOOM,
    ...(isUnselectedShown ? [QLOOM_UNSELECTED] : []),
    ...(plan.hasPortfolio ? [PORTFOLIO] : []),
    ...(plan.hasOracle ? [ORACLE] : []),
    ...CLASSICAL,
  ];
}

/**
 * Jobs of the comparison, replicate by replicate, so that an interrupted comparison has complete replicates; before them
 * the data set itself. `adds` is whether points are added to a replicate, null until that is known: it decides which one of the arms
 * `qloom` and `qloom-unselected` has a job there, so that the number of jobs does not depend on it. Without a candidate
 * (`hasCandidate`) neither has one, and without any method (`hasMethod`) nothing is decided. Arm `portfolio` has no jobs: it reads
 * those of the arm whose method it took.
 */
export function comparisonJobs(
  plan: EvaluationPlan,
  { hasCandidate, hasMethod }: { readonly hasCandidate: boolean; readonly hasMethod: boolean },
  adds: (replicate: number) => boolean | null,
): Job[] {
  const isDecided = plan.hasChoiceJobs && hasMethod;
  const choice = (replicate: number | null): Job[] =>
    isDecided ? [{ kind: 'choice', name: choiceJob(replicate), replicate }] : [];
  const replicates = Array.from({ length: plan.replicates }, (_, replicate) => {
    const jobs = armsOf(plan, false).flatMap((arm): Job[] => {
      if (arm === PORTFOLIO) return [];
      if (arm !== QLOOM) return [{ kind: 'replicate', name: replicateJob(replicate, arm), replicate, arm }];
      if (!hasCandidate) return [];
      const trained = adds(replicate) === false ? QLOOM_UNSELECTED : QLOOM;
      const after = isDecided ? choiceJob(replicate) : undefined;
      return [{ kind: 'replicate', name: replicateJob(replicate, trained), replicate, arm: trained, after }];
    });
    const isPretrained = plan.hasPretraining && hasCandidate;
    const pretraining: Job[] = isPretrained
      ? [{ kind: 'pretraining', name: pretrainingJob(replicate), replicate }]
      : [];
    return [...choice(replicate), ...jobs, ...pretraining];
  }).flat();
  const synthesis: Job[] = hasCandidate ? [{ kind: 'synthesis', name: 'synthesis' }] : [];
  return [...choice(null), ...synthesis, ...replicates];
}
