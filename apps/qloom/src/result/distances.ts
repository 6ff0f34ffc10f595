import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';

/** What the Fréchet distances of a study's arms are measured on: `Fréchet distance to the test set, 31 points on either side …`. */
export function distanceText({ frechetCount }: Pick<StudyResult, 'frechetCount'>): string {
  const count = frechetCount === 0 ? '' : `, ${frechetCount} points on either side`;
  return `Fréchet distance to the test set${count}, mean of draws (smaller is nearer)`;
}
