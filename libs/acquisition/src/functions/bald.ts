import { entropyAt, meanProbabilities } from '../committee.ts';
import { type AcquisitionFunction, ofCommittee } from './acquisition-function.ts';

/**
 * H(p̄) − mean_m H(p_m) in nats, the mutual information of class and member (Houlsby et al., "Bayesian active learning for
 * classification and preference learning", 2011): high where members are certain of different classes, 0 where all
 * agree, however uncertain. At least 0 because entropy is concave; rounding below 0 counts as 0.
 */
export const bald: AcquisitionFunction = {
  summary: 'candidates on whose class the members of the committee disagree (mutual information)',
  batch: 'determinantal',
  isWeighted: true,
  needsCommittee: true,
  score: ofCommittee((committee) => {
    const { members, candidates, classes, probabilities } = committee;
    const mean = meanProbabilities(committee);
    return Float64Array.from({ length: candidates }, (_, i) => {
      let information = entropyAt(mean, i * classes, classes);
      for (let m = 0; m < members; m++) {
        information -= entropyAt(probabilities, (m * candidates + i) * classes, classes) / members;
      }
      return Math.max(0, information);
    });
  }),
};
