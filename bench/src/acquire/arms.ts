import type { AcquisitionName } from '@qloom/acquisition/functions/acquisition-table.ts';
import { ratioByLabels } from '@qloom/agent/domain/selection/learned-defaults.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { pointsOfPrior } from '../choice/draw-outcome.ts';
import type { CampaignSettings } from './campaign.ts';
import type { AcquireCell } from './cells.ts';

/** A way to buy labels, and the one that it is compared with. */
export interface AcquireArm {
  readonly name: string;
  readonly acquisition: AcquisitionName;
  /** Whether points of the prior are added to the labels. */
  readonly hasPoints: boolean;
  readonly peer: string;
}

const arm = (acquisition: AcquisitionName, hasPoints: boolean, peer: string): AcquireArm => ({
  name: hasPoints ? `${acquisition} with points` : acquisition,
  acquisition,
  hasPoints,
  peer,
});

/** What every arm of labels alone is compared with. */
export const RANDOM = arm('random', false, '');

/** The arms beside it. */
export const ARMS: readonly AcquireArm[] = [
  arm('entropy', false, 'random'),
  arm('margin', false, 'random'),
  arm('bald', false, 'random'),
  arm('core-set', false, 'random'),
  arm('entropy', true, 'entropy'),
  arm('random', true, 'random'),
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
