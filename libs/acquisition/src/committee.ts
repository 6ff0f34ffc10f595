import { AcquisitionError } from './acquisition-error.ts';

/** Class probabilities that several trained models, the members, give to candidates. */
export interface Committee {
  readonly members: number;
  readonly candidates: number;
  readonly classes: number;
  /** p_m(c|x), row-major, shape [members, candidates, classes]. */
  readonly probabilities: Float64Array;
}

/** How far the probabilities of a candidate may be from summing to 1: those of float32 models are. */
const SUM_TOLERANCE = 1e-4;

/** Throws AcquisitionError unless the shape fits and every member's probabilities of a candidate are a distribution. */
export function checkCommittee({ members, candidates, classes, probabilities }: Committee): void {
  const wanted = members * candidates * classes;
  if (members < 1 || classes < 2 || probabilities.length !== wanted) {
    throw new AcquisitionError(
      'committee',
      `committee: ${probabilities.length} probabilities; ${members} members, ${candidates} candidates and ${classes} classes need ${wanted}, of at least 1 member and 2 classes`,
    );
  }
  for (let row = 0; row < members * candidates; row++) {
    let sum = 0;
    let isDistribution = true;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[row * classes + c];
      isDistribution &&= p >= 0;
      sum += p;
    }
    if (isDistribution && Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    throw new AcquisitionError(
      'committee',
      `committee: member ${Math.floor(row / candidates)} gives candidate ${row % candidates} probabilities that sum to ${sum}; probabilities of at least 0 that sum to 1 are right`,
    );
  }
}

/** p̄(c|x), the members' mean, shape [candidates, classes]. */
export function meanProbabilities({ members, candidates, classes, probabilities }: Committee): Float64Array {
  const mean = new Float64Array(candidates * classes);
  for (let m = 0, at = 0; m < members; m++) {
    for (let i = 0; i < mean.length; i++, at++) mean[i] += probabilities[at] / members;
  }
  return mean;
}

/** −Σ p ln p of `classes` probabilities from `at` on, in nats; 0·ln 0 is 0. */
export function entropyAt(probabilities: Float64Array, at: number, classes: number): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const p = probabilities[at + c];
    if (p > 0) sum -= p * Math.log(p);
  }
  return sum;
}

/** Mean over the candidates of 1 − max_c p̄(c|x): the share of errors that the committee expects of itself. NaN without candidates. */
export function expectedError(committee: Committee): number {
  const { candidates, classes } = committee;
  const mean = meanProbabilities(committee);
  let sum = 0;
  for (let i = 0; i < candidates; i++) sum += 1 - Math.max(...mean.subarray(i * classes, (i + 1) * classes));
  return sum / candidates;
}
