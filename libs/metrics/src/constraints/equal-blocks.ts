import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { MetricError } from '../metric-error.ts';
import { equalParts } from './equal-parts.ts';

/** A real sample and synthetic samples of the same n. */
export interface EqualBlocks {
  /** n. */
  readonly size: number;
  /** n real points. */
  readonly heldOut: Points;
  /** Disjoint samples of n synthetic points. */
  readonly blocks: readonly Points[];
}

/** At most this many blocks are compared; more would cost time and add little. */
const MOST_BLOCKS = 5;

/** Samples larger than this are cut: comparisons cost n², and at this n chance is small already. */
export const MOST_POINTS_COMPARED = 128;

/**
 * Cuts the synthetic points, at random, into blocks of the real sample's size (at most five), each with their class
 * shares, as the parts of a null have; where there are fewer synthetic points, cuts the real sample to theirs, and both to {@link MOST_POINTS_COMPARED}. Throws MetricError with fewer than two points on a side.
 */
export function equalBlocks(heldOut: Points, synthetic: Points, random: Random): EqualBlocks {
  const size = Math.min(heldOut.count, synthetic.count, MOST_POINTS_COMPARED);
  if (size < 2) {
    throw new MetricError(
      'count',
      `equalBlocks: ${heldOut.count} held-out and ${synthetic.count} synthetic points; give at least 2 of each`,
    );
  }
  const number = Math.min(MOST_BLOCKS, Math.floor(synthetic.count / size));
  const cut = (points: Points, parts: number, label: string) =>
    equalParts(points, parts, size, random.fork(label)).map((rows) => selectRows(points, rows));
  return {
    size,
    heldOut: heldOut.count === size ? heldOut : cut(heldOut, 1, 'held-out')[0],
    blocks: cut(synthetic, number, 'blocks'),
  };
}
