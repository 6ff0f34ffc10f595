import type { AcquisitionFunction } from './acquisition-function.ts';

/** Uniform choice without replacement: what every other function is measured beside. */
export const random: AcquisitionFunction = {
  summary: 'any candidate, at random',
  batch: 'best',
  isWeighted: false,
  needsCommittee: false,
  score: ({ candidates, random: stream }) => Float64Array.from({ length: candidates.count }, () => stream.uniform()),
};
