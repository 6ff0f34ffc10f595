import type { Random } from '@qloom/random/random.ts';
import type { Candidates } from '../candidates.ts';
import type { Committee } from '../committee.ts';

/** What an acquisition function sees. */
export interface AcquisitionView {
  readonly candidates: Candidates;
  readonly committee: Committee;
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
  /** Scores of at least 0, the higher the better, shape [candidates]. */
  score(view: AcquisitionView): Float64Array;
}
