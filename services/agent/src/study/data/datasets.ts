import { type ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  chooseFeatureUnits,
  type FeatureUnits,
  SOURCE_UNITS,
  toFeatureUnits,
  toUnit,
  unitAt,
} from '@qloom/datasets/preprocessing/feature-units.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { ArtifactMissingError } from '@qloom/episode-log/errors.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points, SourcePoints } from '@qloom/study/points/points.ts';
import { getPoints, putArtifact, putPoints } from './points-artifact.ts';
import { requireUsable } from './usable-data.ts';

/** A data set as it is stored: JSON with its description and a reference to its points. */
const DATASET_TYPE = 'application/x-qloom-dataset+json';

/** Limits of text in results and reports. */
const [MAX_WARNINGS, MAX_WARNING_LENGTH] = [100, 2000];

/** A data set. */
export interface Dataset {
  readonly points: Points;
  /** Description of the points, in their units; without the warnings, which no service needs. */
  readonly description: DataDescription;
  /** Warnings about the data, human-readable. */
  readonly warnings: readonly string[];
}

interface StoredDataset {
  readonly description: unknown;
  readonly points: ArtifactRef;
}

/**
 * Stores a data set, in units in which float32 holds its values. `given` and `description` are in the units of the
 * source. Throws ValidationError if it cannot be used.
 */
export async function storeDataset(
  store: ArtifactStore,
  given: SourcePoints,
  description: DataDescription,
): Promise<ArtifactRef> {
  requireUsable(given, description);
  const { warnings } = description;
  if (warnings.length > MAX_WARNINGS || warnings.some((text) => text.length > MAX_WARNING_LENGTH)) {
    const right = `right would be at most ${MAX_WARNINGS}, each of at most ${MAX_WARNING_LENGTH} characters`;
    throw new ValidationError([{ field: 'description.warnings', description: `too many or too long; ${right}` }]);
  }
  for (const name of ['featureOffsets', 'featureScales'] as const) {
    if (description[name].length === 0) continue;
    const field = `description.${name === 'featureOffsets' ? 'feature_offsets' : 'feature_scales'}`;
    const right = 'the agent chooses the units; right would be none';
    throw new ValidationError([{ field, description: `has ${description[name].length} entries; ${right}` }]);
  }
  // Expectations keep their unit: computations with shots rely on [−1, 1].
  const units = description.pauliExpectations ? SOURCE_UNITS : chooseFeatureUnits(given);
  const stored: StoredDataset = {
    description: DataDescription.toJSON(inUnits(description, units)),
    points: await putPoints(store, toFeatureUnits(given, units)),
  };
  return putArtifact(store, new TextEncoder().encode(JSON.stringify(stored)), DATASET_TYPE);
}

function inUnits(description: DataDescription, units: FeatureUnits): DataDescription {
  const bounds = (values: readonly number[]) => values.map((value, j) => toUnit(value, unitAt(units, j)));
  return {
    ...description,
    lowerBounds: bounds(description.lowerBounds),
    upperBounds: bounds(description.upperBounds),
    featureOffsets: [...units.featureOffsets],
    featureScales: [...units.featureScales],
  };
}

/** Reads a data set. Throws ValidationError if `ref` does not name one. */
export async function loadDataset(store: ArtifactStore, ref: ArtifactRef): Promise<Dataset> {
  const refuse = (description: string) =>
    new ValidationError([{ field: 'settings.data.dataset', description: `${description}; put the data set first` }]);
  try {
    const stored = JSON.parse(new TextDecoder().decode(await store.get(ref.sha256))) as Partial<StoredDataset>;
    if (stored.points === undefined) throw refuse(`artifact ${ref.sha256} is no data set`);
    const { warnings, ...description } = DataDescription.fromJSON(stored.description ?? {});
    const points = await getPoints(store, stored.points, 'dataset');
    return { points, description: { ...description, warnings: [] }, warnings };
  } catch (error) {
    if (error instanceof ArtifactMissingError) throw refuse(`no artifact has hash ${ref.sha256}`);
    if (error instanceof SyntaxError) throw refuse(`artifact ${ref.sha256} is no data set`);
    throw error;
  }
}
