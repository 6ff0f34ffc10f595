import { entropyAt, meanProbabilities } from '../committee.ts';
import { type AcquisitionFunction, ofCommittee } from './acquisition-function.ts';

/** H(p̄) = −Σ_c p̄ ln p̄ in nats, between 0 and ln of the number of classes (Shannon, 1948). */
export const entropy: AcquisitionFunction = {
  summary: 'candidates whose class is the least certain, over all classes',
  batch: 'determinantal',
  isWeighted: true,
  needsCommittee: true,
  score: ofCommittee((committee) => {
    const { candidates, classes } = committee;
    const mean = meanProbabilities(committee);
    return Float64Array.from({ length: candidates }, (_, i) => entropyAt(mean, i * classes, classes));
  }),
};
