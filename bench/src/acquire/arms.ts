import type { AcquisitionPolicyName } from '@qloom/acquisition/policies/policy-table.ts';
import { syntheticCounts } from '@qloom/agent/domain/campaign/synthetic-counts.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { pointsOfPrior } from '../choice/draw-outcome.ts';
import type { CampaignSettings } from './campaign.ts';
import type { AcquireCell } from './cells.ts';

/** A way to buy labels. */
export interface AcquireArm {
  readonly name: string;
  readonly policy: AcquisitionPolicyName;
  /** Whether points of the prior are added to the labels. */
  readonly hasPoints: boolean;
}

const arm = (policy: AcquisitionPolicyName, hasPoints = false): AcquireArm => ({
  name: hasPoints ? `${policy} with points` : policy,
  policy,
  hasPoints,
});

const [RANDOM, ENTROPY] = [arm('random'), arm('entropy')];
const [RANDOM_POINTS, ENTROPY_POINTS] = [arm('random', true), arm('entropy', true)];
/** Decides about the points in each round. */
const AGENT: AcquireArm = { name: 'agent', policy: 'agent', hasPoints: true };

/** An arm, and the one that it is compared with. */
export interface Comparison {
  readonly ours: AcquireArm;
  readonly theirs: AcquireArm;
}

/** Labels alone, then what the prior's points change, then both together. */
export const COMPARISONS: readonly Comparison[] = [
  { ours: ENTROPY, theirs: RANDOM },
  { ours: arm('margin'), theirs: RANDOM },
  { ours: arm('bald'), theirs: RANDOM },
  { ours: arm('core-set'), theirs: RANDOM },
  { ours: RANDOM_POINTS, theirs: RANDOM },
  { ours: ENTROPY_POINTS, theirs: ENTROPY },
  { ours: ENTROPY_POINTS, theirs: RANDOM_POINTS },
  { ours: ENTROPY_POINTS, theirs: RANDOM },
  { ours: AGENT, theirs: ENTROPY_POINTS },
  { ours: AGENT, theirs: RANDOM },
];

/** Labels of the first round, and of each later one. */
const [START, BATCH] = [6, 2];

/** The campaign of an arm in a cell. */
export function campaignOf({ policy, hasPoints }: AcquireArm, cell: AcquireCell): CampaignSettings {
  const { budget, isBalanced } = cell;
  return {
    ...{ policy, budget, isBalanced, start: START, batch: BATCH },
    ...(hasPoints ? { synthesize: (real, seed) => pointsBeside(cell, real, seed) } : {}),
  };
}

/** Points of the gated prior, as many as campaigns add; null where every class has too few labels. */
async function pointsBeside({ name, task }: AcquireCell, real: Points, seed: number): Promise<Points | null> {
  const counts = syntheticCounts(classCounts(real), { offered: undefined });
  if (counts.every((count) => count === 0)) return null;
  return pointsOfPrior({ name, task, labels: real.count }, real, counts, seed);
}
