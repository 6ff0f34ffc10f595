import { type Campaign, type CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { fitStandardizer, type Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';

/** The labels of a campaign, in the order in which their points were handed out. */
export interface LabelHistory {
  /** In standardized features: in these, float32 holds every unit. */
  readonly points: Points;
  /** Whether each point was chosen at random. */
  readonly atRandom: readonly boolean[];
  /** Of the labelled points. */
  readonly standardizer: Standardizer;
}

/** The labels of a campaign; null where there is none. */
export function labelHistory(campaign: Campaign, points: readonly CampaignPoint[]): LabelHistory | null {
  const classNames = campaign.settings?.classNames ?? [];
  const labelled = points.filter(({ state }) => state === PointState.LABELLED);
  if (labelled.length === 0) return null;
  const features = campaign.featureNames.length;
  const x = Float64Array.from(labelled.flatMap(({ asked }) => asked?.features ?? []));
  const standardizer = fitStandardizer({ count: labelled.length, features, x });
  return {
    points: {
      count: labelled.length,
      features,
      classes: classNames.length,
      x: standardized(x, standardizer),
      y: Int32Array.from(labelled, ({ label }) => classNames.indexOf(label)),
    },
    atRandom: labelled.map(({ asked }) => asked?.chosenBy === 'random'),
    standardizer,
  };
}

/** Other points with the same features and classes, in the features of a history. */
export function inFeaturesOf({ standardizer }: LabelHistory, { x, ...points }: SourcePoints): Points {
  return { ...points, x: standardized(x, standardizer) };
}

function standardized(x: Float64Array, { mean, scale }: Standardizer): Float32Array {
  return Float32Array.from(x, (value, i) => (value - mean[i % mean.length]) / scale[i % mean.length]);
}
