import type { Random } from '@qloom/random/random.ts';
import { AcquisitionError } from '../acquisition-error.ts';
import type { Candidates } from '../candidates.ts';
import type { Committee } from '../committee.ts';

/** What an acquisition function sees. */
export interface AcquisitionView {
  readonly candidates: Candidates;
  /** Null before any model is trained, which only functions without `needsCommittee` see. */
  readonly committee: Committee | null;
  readonly random: Random;
}

/** A way to say how much the label of each candidate is worth. */
export interface AcquisitionFunction {
  /** One line for people. */
  readonly summary: string;
  /** How a batch of it is made diverse; see the table of batch rules. */
  readonly batch: 'determinantal' | 'k-centre' | 'best';
  /** Whether a density of the candidates may weigh the scores: not where a score is about distances alone, or none. */
  readonly isWeighted: boolean;
  /** Whether it asks the committee; before there is one, `core-set` takes its place. */
  readonly needsCommittee: boolean;
  /** Scores of at least 0, the higher the better, shape [candidates]. */
  score(view: AcquisitionView): Float64Array;
}

/** The score of a function that needs a committee. */
export function ofCommittee(score: (committee: Committee) => Float64Array): AcquisitionFunction['score'] {
  return ({ committee }) => {
    if (committee === null) throw new AcquisitionError('committee', 'committee: there is none; train models first');
    return score(committee);
  };
}
