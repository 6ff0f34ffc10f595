import type { CampaignSettings } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { fitStandardizer, type Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { UnlabelledSource } from '@qloom/study-rpc/codec/unlabelled-points.ts';
import { loadUnlabelled } from '../data/datasets.ts';

/** The points of a campaign. */
export interface CampaignPool {
  /** As they were put. */
  readonly source: UnlabelledSource;
  readonly featureNames: readonly string[];
  /** Of the points as they were put. */
  readonly description: DataDescription;
  readonly scaling: Standardizer;
  /** Standardized features, row-major, shape [pool, features]: in these, float32 holds every unit. */
  readonly values: Float64Array;
  /** Price of the label of each point, shape [pool]; null: all cost the same. */
  readonly costs: Float64Array | null;
}

/** Reads the pool of settings, and the prices of its labels. Throws ValidationError where one is not there, or a price is not above 0. */
export async function openPool(
  store: ArtifactStore,
  { pool, costs }: Pick<CampaignSettings, 'pool' | 'costs'>,
): Promise<CampaignPool> {
  if (pool === undefined) throw poolError('pool', 'not set; put rows without labels first');
  const { points: source, description } = await loadUnlabelled(store, pool, 'settings.pool');
  const scaling = fitStandardizer(source);
  const { mean, scale } = scaling;
  const values = source.x.map((value, i) => (value - mean[i % source.features]) / scale[i % source.features]);
  const prices = costs === undefined ? null : await openCosts(store, costs, source.count);
  return { source, featureNames: description.featureNames, description, scaling, values, costs: prices };
}

async function openCosts(store: ArtifactStore, ref: ArtifactRef, count: number): Promise<Float64Array> {
  const { points } = await loadUnlabelled(store, ref, 'settings.costs');
  if (points.features !== 1 || points.count !== count) {
    const found = `has ${points.count} rows of ${points.features} features`;
    throw poolError('costs', `${found}; right would be one price for each of the ${count} points`);
  }
  const wrong = points.x.findIndex((price) => !(price > 0 && price < Infinity));
  if (wrong >= 0) {
    throw poolError('costs', `${points.x[wrong]} of point p${wrong} is no price; a finite number above 0 is right`);
  }
  return Float64Array.from(points.x);
}

const poolError = (field: string, description: string): ValidationError =>
  new ValidationError([{ field: `settings.${field}`, description }]);

/** Rows of the pool with a class each, in standardized features. */
export function pointsOf(
  { source: { features }, values }: CampaignPool,
  rows: readonly number[],
  labels: readonly number[],
  classes: number,
): Points {
  const x = new Float32Array(rows.length * features);
  rows.forEach((row, i) => {
    x.set(values.subarray(row * features, (row + 1) * features), i * features);
  });
  return { count: rows.length, features, classes, x, y: Int32Array.from(labels) };
}
