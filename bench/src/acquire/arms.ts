import type { AcquisitionName } from '@qloom/acquisition/functions/acquisition-table.ts';
import { ratioByLabels } from '@qloom/agent/domain/selection/learned-defaults.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { pointsOfPrior } from '../choice/draw-outcome.ts';
import type { CampaignSettings } from './campaign.ts';
import type { AcquireCell } from './cells.ts';

/** A way to buy labels. */
export interface AcquireArm {
  readonly name: string;
  readonly acquisition: AcquisitionName;
  /** Whether points of the prior are added to the labels. */
  readonly hasPoints: boolean;
}

const arm = (acquisition: AcquisitionName, hasPoints = false): AcquireArm => ({
  name: hasPoints ? `${acquisition} with points` : acquisition,
  acquisition,
  hasPoints,
});

const [RANDOM, ENTROPY] = [arm('random'), arm('entropy')];
const [RANDOM_POINTS, ENTROPY_POINTS] = [arm('random', true), arm('entropy', true)];

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
];

/** Labels of the first round, and of each later one. */
const [START, BATCH] = [6, 2];

/** The campaign of an arm in a cell. */
export function campaignOf({ acquisition, hasPoints }: AcquireArm, cell: AcquireCell): CampaignSettings {
  const { budget, isBalanced } = cell;
  return {
    ...{ acquisition, budget, isBalanced, start: START, batch: BATCH },
    ...(hasPoints ? { synthesize: (real, seed) => pointsBeside(cell, real, seed) } : {}),
  };
}

/** Points of the gated prior, as many for each label as studies add by default; none of a class without two labels. */
function pointsBeside({ name, task }: AcquireCell, real: Points, seed: number): Promise<Points> {
  const ratio = ratioByLabels(real.count);
  const counts = classCounts(real).map((count) => (count < 2 ? 0 : Math.round(ratio * count)));
  return pointsOfPrior({ name, task, labels: real.count }, real, counts, seed);
}
