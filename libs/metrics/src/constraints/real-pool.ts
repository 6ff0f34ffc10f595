import { contentHash } from '@qloom/study/points/content-hash.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows } from '@qloom/study/points/rows.ts';

/**
 * All real points of an assessment, each once: training and held-out points together, or one of them where both are the
 * same points, as for a data set that is compared with all labels. Twice the same points would make nulls of real
 * against real too narrow and every feature look as if it took few values.
 */
export function realPool(training: Points, heldOut: Points): Points {
  const isSame = training.count === heldOut.count && contentHash(training) === contentHash(heldOut);
  return isSame ? heldOut : concatenateRows([training, heldOut]);
}
