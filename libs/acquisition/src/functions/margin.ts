import { meanProbabilities } from '../committee.ts';
import { type AcquisitionFunction, ofCommittee } from './acquisition-function.ts';

/**
 * 1 − (p̄₍₁₎ − p̄₍₂₎), the two largest of the mean probabilities: 1 where two classes are equally likely, 0 where one is
 * certain (Scheffer, Decomain and Wrobel, "Active hidden Markov models for information extraction", 2001).
 */
export const margin: AcquisitionFunction = {
  summary: 'candidates whose two most likely classes are about equally likely',
  batch: 'determinantal',
  isWeighted: true,
  needsCommittee: true,
  score: ofCommittee((committee) => {
    const { candidates, classes } = committee;
    const mean = meanProbabilities(committee);
    return Float64Array.from({ length: candidates }, (_, i) => {
      let [first, second] = [0, 0];
      for (let c = 0; c < classes; c++) {
        const p = mean[i * classes + c];
        if (p > first) [first, second] = [p, first];
        else if (p > second) second = p;
      }
      return Math.max(0, 1 - (first - second));
    });
  }),
};
