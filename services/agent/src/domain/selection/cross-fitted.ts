import { mean } from '../maths/statistics.ts';
import type { FoldLosses } from '../reward/utility.ts';

/** Held-out losses of a setting, shape [folds][held-out points], each averaged over the QNN's seeds. */
export type LossesByFold = readonly Float64Array[];

/**
 * Losses of a method as tuned, with those of real data only: on each fold those of the setting with the smallest mean loss on
 * the *other* folds (the first of equal ones), so that no setting is judged by points by which it was chosen. The smallest of
 * many losses on the same points is too small by the noise of their best. With one setting, or one fold, it is that of all
 * folds. At least one setting is required, and the same folds for all.
 */
export function crossFittedLosses(realOnly: LossesByFold, settings: readonly LossesByFold[]): FoldLosses[] {
  return realOnly.map((alone, fold): FoldLosses => {
    const others = realOnly.flatMap((_, other) => (other === fold && realOnly.length > 1 ? [] : [other]));
    const lossOf = (setting: LossesByFold) => mean(others.flatMap((other) => [...setting[other]]));
    const losses = settings.map(lossOf);
    return { realOnly: alone, augmented: settings[losses.indexOf(Math.min(...losses))][fold] };
  });
}
