import type { Random } from '@qloom/random/random.ts';
import { AcquisitionError } from '../acquisition-error.ts';
import { type Candidates, checkCandidates } from '../candidates.ts';
import { type Committee, checkCommittee } from '../committee.ts';
import { densityWeights } from '../density.ts';
import { ACQUISITIONS, type AcquisitionName } from '../functions/acquisition-table.ts';
import { BATCH_RULES } from './batch-rules.ts';

/** Share of every batch that is chosen at random, whatever the acquisition. */
export const RANDOM_SHARE = 0.25;

/** Which points to ask for next. */
export interface BatchRequest {
  readonly acquisition: AcquisitionName;
  readonly candidates: Candidates;
  /** Null before any model is trained: then `core-set` takes the place of functions that need a committee. */
  readonly committee: Committee | null;
  /** Number of points wanted; fewer come where there are fewer candidates. */
  readonly count: number;
  /** Number of points that were asked for before, from which the random share of this batch follows. */
  readonly asked: number;
  /** Of all points asked for, in [0, 1]. Default {@link RANDOM_SHARE}. */
  readonly randomShare?: number;
  /** Exponent of the density weight of a score; 0 for none. Default 1. */
  readonly density?: number;
  readonly random: Random;
}

/** One point of a batch. */
export interface BatchPoint {
  /** Row among the candidates. */
  readonly row: number;
  /** `random` for a point of the random share: those are a uniform sample of the candidates, on which errors can be measured. */
  readonly chosenBy: AcquisitionName;
  /** Score × density^exponent ÷ cost; 0 for a point of the random share. */
  readonly score: number;
}

/**
 * Chooses a batch: first its random share, ⌊share·(asked + count)⌋ − ⌊share·asked⌋ points, so that over all batches the share
 * is as stated whatever their sizes; then by score × density weight ÷ cost, diverse among themselves and beside the random
 * and the pending ones. The same request gives the same batch. Throws AcquisitionError.
 */
export function chooseBatch(request: BatchRequest): BatchPoint[] {
  const { candidates, committee, asked, randomShare = RANDOM_SHARE, random } = request;
  check(request);
  const count = Math.min(request.count, candidates.count);
  if (count === 0) return [];
  const needed = ACQUISITIONS[request.acquisition].needsCommittee && committee === null;
  const acquisition = needed ? 'core-set' : request.acquisition;
  const isRandom = acquisition === 'random';
  const randomly = isRandom ? count : Math.floor(randomShare * (asked + count)) - Math.floor(randomShare * asked);
  const uniform = random.fork('share').permutation(candidates.count).slice(0, Math.min(count, randomly));
  const points = [...uniform].map((row): BatchPoint => ({ row, chosenBy: 'random', score: 0 }));
  if (points.length === count) return points;
  const { score, batch, isWeighted } = ACQUISITIONS[acquisition];
  const scores = score({ candidates, committee, random: random.fork('scores') });
  const exponent = isWeighted ? (request.density ?? 1) : 0;
  const weights = exponent === 0 ? null : densityWeights(candidates);
  for (let i = 0; i < scores.length; i++) {
    scores[i] *= (weights === null ? 1 : weights[i] ** exponent) / (candidates.costs?.[i] ?? 1);
  }
  const rows = BATCH_RULES[batch](candidates, scores, count - points.length, new Set(uniform));
  return [...points, ...rows.map((row) => ({ row, chosenBy: acquisition, score: scores[row] }))];
}

function check({ candidates, committee, count, asked, randomShare = 0, density = 0 }: BatchRequest): void {
  checkCandidates(candidates);
  if (committee !== null) checkCommittee(committee);
  if (committee !== null && committee.candidates !== candidates.count) {
    throw new AcquisitionError(
      'committee',
      `committee: probabilities of ${committee.candidates} candidates; there are ${candidates.count}`,
    );
  }
  for (const [name, value] of Object.entries({ count, asked })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new AcquisitionError(name, `${name}: ${value} is not a whole number of at least 0`);
    }
  }
  if (!(randomShare >= 0 && randomShare <= 1)) {
    throw new AcquisitionError('randomShare', `randomShare: ${randomShare} is not a number from 0 to 1`);
  }
  if (!(density >= 0 && density < Infinity)) {
    throw new AcquisitionError('density', `density: ${density} is not a finite number of at least 0`);
  }
}
