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
}

/** One unit of work of the final evaluation, whose result is written to the log once, under its name. */
export type Job =
  /** An incumbent on one outer fold. */
  | { readonly kind: 'outer'; readonly name: string; readonly episode: number; readonly fold: number }
  /** One setting of a baseline on the reward folds. */
  | { readonly kind: 'tune'; readonly name: string; readonly baseline: string; readonly index: number }
  /** One arm on one replicate, scored on the test set. */
  | { readonly kind: 'replicate'; readonly name: string; readonly replicate: number; readonly arm: string }
  /** The synthetic data set itself, from all labels of the study. */
  | { readonly kind: 'synthesis'; readonly name: 'synthesis' };

/** Arms that every comparison has, the reference first. */
export const REAL_ONLY = 'real-only';
/** Qloom's data if it helps on the outer split; otherwise real data only. */
export const QLOOM = 'qloom';
/** Qloom's best candidate, if it does not help on the outer split. */
export const QLOOM_UNSELECTED = 'qloom-unselected';
/** New true samples, {@link ORACLE_RATIO} for each label. */
export const ORACLE = 'oracle';
/**
 * True samples that the oracle adds for each label, whatever ratio Qloom chooses, so that the share of the oracle's gain
 * that an arm reaches means the same in every study. The highest ratio that the generator of this repository offers.
 */
export const ORACLE_RATIO = 8;
/** Classifiers without a QNN, on real data only. */
export const CLASSICAL: readonly string[] = ['svc', 'nearest-neighbours'];

/** Jobs that must be done before anything is chosen: incumbents on the outer folds, baselines on the reward folds. */
export function searchJobs(plan: EvaluationPlan, incumbents: readonly number[]): Job[] {
  const outer = incumbents.flatMap((episode) =>
    Array.from(
      { length: plan.outerFolds },
      (_, fold): Job => ({ kind: 'outer', name: `outer-${episode}-${fold}`, episode, fold }),
    ),
  );
  const tune = plan.baselines.flatMap((baseline) =>
    Array.from(
      { length: plan.baselineEvaluations },
      (_, index): Job => ({ kind: 'tune', name: `tune-${baseline}-${index}`, baseline, index }),
    ),
  );
  return [...outer, ...tune];
}

/** Arms of the comparison, in the order of the report. */
export function armsOf(plan: EvaluationPlan, isUnselectedShown: boolean): string[] {
  return [
    REAL_ONLY,
    ...plan.baselines,
    QLOOM,
    ...(isUnselectedShown ? [QLOOM_UNSELECTED] : []),
    ...(plan.hasOracle ? [ORACLE] : []),
    ...CLASSICAL,
  ];
}

/**
 * Jobs of the comparison, replicate by replicate, so that an interrupted comparison has complete replicates; then the
 * data set itself.
 */
export function comparisonJobs(plan: EvaluationPlan, arms: readonly string[], isSynthesized: boolean): Job[] {
  const replicates = Array.from({ length: plan.replicates }, (_, replicate) =>
    arms.map((arm): Job => ({ kind: 'replicate', name: `draw-${replicate}-${arm}`, replicate, arm })),
  ).flat();
  return isSynthesized ? [{ kind: 'synthesis', name: 'synthesis' }, ...replicates] : replicates;
}
