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
import { descriptionViolations } from '@qloom/study-rpc/codec/data-description.ts';
import {
  decodeUnlabelledSourceArtifact,
  encodeUnlabelledArtifact,
  UNLABELLED_TYPE,
} from '@qloom/study-rpc/codec/unlabelled-artifact.ts';
import type { UnlabelledSource } from '@qloom/study-rpc/codec/unlabelled-points.ts';
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
  /** Labelled rows in the units of the description … */
  readonly points?: ArtifactRef;
  /** … or rows without labels, in float64 in the units of the source: a study converts them to its own. */
  readonly unlabelled?: ArtifactRef;
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
  requireGivenDescription(description);
  // Expectations keep their unit: computations with shots rely on [−1, 1].
  const units = description.pauliExpectations ? SOURCE_UNITS : chooseFeatureUnits(given);
  const points = await putPoints(store, toFeatureUnits(given, units));
  return putStored(store, { description: DataDescription.toJSON(inUnits(description, units)), points });
}

/** Stores rows without labels. Throws ValidationError if there are none, or if the description does not fit them. */
export async function storeUnlabelled(
  store: ArtifactStore,
  given: UnlabelledSource,
  description: DataDescription,
): Promise<ArtifactRef> {
  requireGivenDescription(description);
  const wrong = descriptionViolations(description, { features: given.features, classes: 0 }, 'description');
  if (given.count === 0) wrong.push({ field: 'unlabelled', description: 'has no rows; right would be at least one' });
  if (wrong.length > 0) throw new ValidationError(wrong);
  const unlabelled = await putArtifact(store, encodeUnlabelledArtifact(given), UNLABELLED_TYPE);
  return putStored(store, { description: DataDescription.toJSON(description), unlabelled });
}

function putStored(store: ArtifactStore, stored: StoredDataset): Promise<ArtifactRef> {
  return putArtifact(store, new TextEncoder().encode(JSON.stringify(stored)), DATASET_TYPE);
}

/** Throws ValidationError for a description that a client must not give. */
function requireGivenDescription(description: DataDescription): void {
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

/** Reads a data set. Throws ValidationError if `ref` does not name one; `field` is the setting that has the reference. */
export async function loadDataset(
  store: ArtifactStore,
  ref: ArtifactRef,
  field = 'settings.data.dataset',
): Promise<Dataset> {
  const stored = await loadStored(store, ref, field);
  if (stored.points === undefined) throw refused(field, `artifact ${ref.sha256} has no labels`);
  const { warnings, ...description } = DataDescription.fromJSON(stored.description ?? {});
  const points = await getPoints(store, stored.points, 'dataset');
  return { points, description: { ...description, warnings: [] }, warnings };
}

/** Reads rows without labels. Throws ValidationError if `ref` does not name a data set of such rows. */
export async function loadUnlabelled(
  store: ArtifactStore,
  ref: ArtifactRef,
  field: string,
): Promise<{ readonly points: UnlabelledSource; readonly description: DataDescription }> {
  const { unlabelled, description } = await loadStored(store, ref, field);
  if (unlabelled === undefined) throw refused(field, `artifact ${ref.sha256} has labels`);
  const points = decodeUnlabelledSourceArtifact(await store.get(unlabelled.sha256), 'unlabelled');
  return { points, description: DataDescription.fromJSON(description ?? {}) };
}

async function loadStored(store: ArtifactStore, ref: ArtifactRef, field: string): Promise<StoredDataset> {
  try {
    const stored = JSON.parse(new TextDecoder().decode(await store.get(ref.sha256))) as StoredDataset;
    if (stored.points === undefined && stored.unlabelled === undefined) {
      throw refused(field, `artifact ${ref.sha256} is no data set`);
    }
    return stored;
  } catch (error) {
    if (error instanceof ArtifactMissingError) throw refused(field, `no artifact has hash ${ref.sha256}`);
    if (error instanceof SyntaxError) throw refused(field, `artifact ${ref.sha256} is no data set`);
    throw error;
  }
}

function refused(field: string, description: string): ValidationError {
  return new ValidationError([{ field, description: `${description}; put the data set first` }]);
}
