import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { SYNTH_RATIO, synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { ratioByLabels, withLearnedDefault } from '../selection/learned-defaults.ts';

/** Labels of a class from which a method can tell how its points vary. */
const LEAST_LABELS = 2;

/** How many points a method gives. */
export interface OfferedRatio {
  /** `synthRatio` as the generator offers it; undefined where it does not. */
  readonly offered: Hyperparameter | undefined;
  /** The ratio from which the method starts by itself; undefined: that of studies. */
  readonly own?: number;
}

/**
 * Synthetic points of each class for a committee that has labels with `counts` points of each class, shape [classes]: as many for
 * each label as studies add by default. A class with a single label gets none.
 */
export function syntheticCounts(counts: readonly number[], { offered, own }: OfferedRatio): number[] {
  const labels = counts.reduce((sum, count) => sum + count, 0);
  const usable = counts.map((count) => (count < LEAST_LABELS ? 0 : count));
  const wanted = own ?? ratioByLabels(labels);
  if (offered === undefined || offered.kind === 'categorical') {
    return synthesisPlan({ [SYNTH_RATIO]: wanted }, usable);
  }
  const ratio =
    own === undefined
      ? Number(withLearnedDefault(offered, labels).default)
      : Math.min(offered.max, Math.max(offered.min, own));
  return synthesisPlan({ [SYNTH_RATIO]: ratio }, usable, offered);
}
