import { type ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/datasets/points.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifact-store.ts';
import { ArtifactMissingError } from '@qloom/episode-log/errors.ts';
import { ValidationError } from '@qloom/service-kit/errors.ts';
import { getPoints, putArtifact, putPoints } from '../events/points-artifact.ts';
import { requireUsable } from './usable-data.ts';

/** A data set as it stands in the store: JSON with its description and a reference to its points. */
export const DATASET_TYPE = 'application/x-qloom-dataset+json';

/** A data set. */
export interface Dataset {
  readonly points: Points;
  readonly description: DataDescription;
}

interface StoredDataset {
  readonly description: unknown;
  readonly points: ArtifactRef;
}

/** Stores a data set. Throws ValidationError where it cannot be used. */
export async function storeDataset(store: ArtifactStore, { points, description }: Dataset): Promise<ArtifactRef> {
  requireUsable(points, description);
  const stored: StoredDataset = {
    description: DataDescription.toJSON(description),
    points: await putPoints(store, points),
  };
  return putArtifact(store, new TextEncoder().encode(JSON.stringify(stored)), DATASET_TYPE);
}

/** Reads a data set. Throws ValidationError where `ref` names none. */
export async function loadDataset(store: ArtifactStore, ref: ArtifactRef): Promise<Dataset> {
  const refuse = (description: string) =>
    new ValidationError([{ field: 'settings.data.dataset', description: `${description}; put the data set first` }]);
  try {
    const stored = JSON.parse(new TextDecoder().decode(await store.get(ref.sha256))) as Partial<StoredDataset>;
    if (stored.points === undefined) throw refuse(`artifact ${ref.sha256} is no data set`);
    return {
      points: await getPoints(store, stored.points, 'dataset'),
      description: DataDescription.fromJSON(stored.description ?? {}),
    };
  } catch (error) {
    if (error instanceof ArtifactMissingError) throw refuse(`no artifact has hash ${ref.sha256}`);
    if (error instanceof SyntaxError) throw refuse(`artifact ${ref.sha256} is no data set`);
    throw error;
  }
}
