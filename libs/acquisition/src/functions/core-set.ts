import { distancesTo } from '../candidates.ts';
import type { AcquisitionFunction } from './acquisition-function.ts';

/**
 * Distance to the nearest point that is labelled or pending; its batches are greedy k-centres (Sener and Savarese, "Active
 * learning for convolutional neural networks: a core-set approach", 2018). Where there is no such point yet, the
 * candidates nearest to the centre of all come first.
 */
export const coreSet: AcquisitionFunction = {
  summary: 'candidates far from every point that has a label, whatever the committee says',
  batch: 'k-centre',
  isWeighted: false,
  needsCommittee: false,
  score: ({ candidates }) => {
    const { count, features, values, labelled, pending } = candidates;
    const taken = Float64Array.of(...labelled, ...pending);
    if (taken.length > 0) return distancesTo(candidates, taken);
    const centre = new Float64Array(features);
    for (let i = 0; i < values.length; i++) centre[i % features] += values[i] / count;
    const distances = distancesTo(candidates, centre);
    // Above any distance between two candidates, so that the choice after the first is by distances alone.
    const bound = 3 * Math.max(...distances);
    return distances.map((distance) => bound - distance);
  },
};
