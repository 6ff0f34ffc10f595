import { rankAuc } from '../constraints/rank-auc.ts';

/** Least probability whose logarithm is taken: the spacing of float32 at 1, in which probabilities are sent. */
const LEAST_PROBABILITY = 2 ** -23;

/**
 * Area under the ROC curve of class probabilities, shape [labels, classes]: that of p_c between the points of class c and
 * all others, averaged over the classes that have points (one against the rest, macro average; Hand and Till call it the
 * one-against-all M). ½ is chance. Null where all points are of one class.
 */
export function macroAuc(probabilities: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number | null {
  let [sum, present] = [0, 0];
  for (let c = 0; c < classes; c++) {
    const own: number[] = [];
    const others: number[] = [];
    for (let row = 0; row < labels.length; row++) {
      (labels[row] === c ? own : others).push(probabilities[row * classes + c]);
    }
    if (own.length === 0) continue;
    if (others.length === 0) return null;
    sum += rankAuc(own, others);
    present++;
  }
  return present === 0 ? null : sum / present;
}

/**
 * Mean of −ln p of the point's class, in nats, for probabilities of shape [labels, classes]. A probability below 2⁻²³
 * counts as that, so that one certain error does not make the mean infinite. NaN without points.
 */
export function logLoss(probabilities: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    sum -= Math.log(Math.max(LEAST_PROBABILITY, probabilities[row * classes + labels[row]]));
  }
  return sum / labels.length;
}
