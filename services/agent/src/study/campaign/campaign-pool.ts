import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { UnlabelledSource } from '@qloom/study-rpc/codec/unlabelled-points.ts';
import { loadUnlabelled } from '../data/datasets.ts';

/** The points of a campaign. */
export interface CampaignPool {
  /** As they were put. */
  readonly source: UnlabelledSource;
  readonly featureNames: readonly string[];
  /** Standardized features, row-major, shape [pool, features]: in these, float32 holds every unit. */
  readonly values: Float64Array;
}

/** Reads the pool. Throws ValidationError if `ref` names none. */
export async function openPool(store: ArtifactStore, ref: ArtifactRef): Promise<CampaignPool> {
  const { points: source, description } = await loadUnlabelled(store, ref, 'settings.pool');
  const { mean, scale } = fitStandardizer(source);
  const values = source.x.map((value, i) => (value - mean[i % source.features]) / scale[i % source.features]);
  return { source, featureNames: description.featureNames, values };
}

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
