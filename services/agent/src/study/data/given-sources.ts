import type { ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { fromUnit, toUnit, unitAt } from '@qloom/datasets/preprocessing/feature-units.ts';
import { sharedRows } from '@qloom/datasets/split/shared-rows.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { Points, UnlabelledPoints } from '@qloom/study/points/points.ts';
import { classCounts, selectRows } from '@qloom/study/points/rows.ts';
import { decodeDataDescription } from '@qloom/study-rpc/codec/data-description.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { loadDataset, loadUnlabelled } from './datasets.ts';

/** The points of a study that points from elsewhere must suit. */
export interface SuitedData {
  readonly description: DataDescription;
  readonly features: number;
  readonly classes: number;
}

const UNLABELLED = 'settings.data.unlabelled';
const SIMULATOR = 'settings.data.simulator';
const TEST = 'settings.data.test_dataset';

/**
 * Reads unlabelled points from the store, in the units of the study's data, without those that are identical to a row of
 * `known`, any of which may be a test point. Throws ValidationError if they do not suit the data, or if none is left.
 */
export async function loadUnlabelledPoints(
  store: ArtifactStore,
  ref: ArtifactRef,
  data: SuitedData,
  known: Points | null,
): Promise<{ readonly points: UnlabelledPoints; readonly dropped: number }> {
  const given = await loadUnlabelled(store, ref, UNLABELLED);
  requireSameNames(UNLABELLED, 'features', given.description.featureNames, data.description.featureNames);
  requireFeatures(UNLABELLED, given.points.features, data);
  const { count, features } = given.points;
  const x = Float32Array.from(given.points.x, (value, i) => toUnit(value, unitAt(data.description, i % features)));
  requireWithin(UNLABELLED, x, data);
  const shared = new Set(known === null ? [] : sharedRows({ count, features, x }, known));
  const kept = Array.from({ length: count }, (_, row) => row).filter((row) => !shared.has(row));
  if (kept.length === 0) {
    refuse(
      UNLABELLED,
      `each of its ${count} rows is also a row of the data set, so that it may be a test point; give others`,
    );
  }
  const points = new Float32Array(kept.length * features);
  kept.forEach((row, i) => {
    points.set(x.subarray(row * features, (row + 1) * features), i * features);
  });
  return { points: { count: kept.length, features, x: points }, dropped: count - kept.length };
}

/** Points from elsewhere, and what of them is said in the result. */
interface ComparedPoints {
  readonly points: Points;
  readonly warnings: readonly string[];
}

/** The rows of a study's data set, and how rows from elsewhere that are identical to one of them are treated. */
export interface KnownRows {
  readonly points: Points;
  /** Whether identical rows are independent measurements, which are kept. */
  readonly independent: boolean;
}

/**
 * Reads the points of a source domain, in the units of the study's data. Rows that are also rows of the data set, any of which may be a
 * test point, are treated as {@link loadTestPoints} treats test rows. `known` is null where the data is a task. Throws
 * ValidationError likewise.
 */
export async function loadSourcePoints(
  store: ArtifactStore,
  ref: ArtifactRef,
  data: SuitedData,
  known: KnownRows | null,
): Promise<ComparedPoints> {
  const suited = await loadSuited(store, ref, data, SIMULATOR);
  if (known === null) return { points: suited.points, warnings: [] };
  return compared(SIMULATOR, suited, data, known, { rows: 'simulator rows', may: 'a test point' });
}

/**
 * Reads the test points of a data set with the rows `known`, in its units. Test rows that are also rows of it, any of which may be a
 * label, are left out, or kept where identical rows are `independent`; a warning names them. Throws ValidationError if the points do
 * not suit the data, or if a class has none that is left.
 */
export async function loadTestPoints(
  store: ArtifactStore,
  ref: ArtifactRef,
  data: SuitedData,
  known: KnownRows,
): Promise<ComparedPoints> {
  const suited = await loadSuited(store, ref, data, TEST);
  return compared(TEST, suited, data, known, { rows: 'test rows', may: 'a label' });
}

function compared(
  field: string,
  { points, rounding }: Suited,
  data: SuitedData,
  known: KnownRows,
  { rows, may }: { readonly rows: string; readonly may: string },
): ComparedPoints {
  const shared = sharedRows(points, known.points, rounding);
  if (shared.length === 0) return { points, warnings: [] };
  const what = `${shared.length} of the ${points.count} ${rows} (${named(shared)}) are also rows of the data set, any of which may be ${may}`;
  if (known.independent) return { points, warnings: [`${what}; they are kept as independent measurements.`] };
  const without = new Set(shared);
  const kept = selectRows(
    points,
    Array.from({ length: points.count }, (_, row) => row).filter((row) => !without.has(row)),
  );
  classCounts(kept).forEach((count, label) => {
    if (count > 0) return;
    const name = quoted(data.description.classNames[label] ?? String(label));
    refuse(field, `${what}, and none of class ${name} is left without them; give other points`);
  });
  return { points: kept, warnings: [`${what}; they are left out.`] };
}

/** The most rows that a message names. */
const NAMED_ROWS = 5;

/** `rows 3, 7`: numbered from 1, as the rows of a table below its header. */
function named(rows: readonly number[]): string {
  const shown = rows.slice(0, NAMED_ROWS).map((row) => row + 1);
  const list = `${rows.length === 1 ? 'row' : 'rows'} ${shown.join(', ')}`;
  return rows.length > NAMED_ROWS ? `${list} and others` : list;
}

/** Labelled points from elsewhere, in the units of the study's data. */
interface Suited {
  readonly points: Points;
  /** Shape [count, features]: how far a value may be from that of the study's row that it equals in the files. Absent: 0. */
  readonly rounding?: Float64Array;
}

/** Reads labelled points from elsewhere. Throws ValidationError if they do not suit the study's data. */
async function loadSuited(store: ArtifactStore, ref: ArtifactRef, data: SuitedData, field: string): Promise<Suited> {
  const { points, description } = await loadDataset(store, ref, field);
  requireSameNames(field, 'features', description.featureNames, data.description.featureNames);
  requireSameNames(field, 'classes', description.classNames, data.description.classNames);
  requireFeatures(field, points.features, data);
  if (points.classes !== data.classes) {
    refuse(field, `has ${points.classes} classes, and the study's data ${data.classes}; right would be the same`);
  }
  const x = points.x.map((value, i) => {
    const j = i % points.features;
    return toUnit(fromUnit(value, unitAt(description, j)), unitAt(data.description, j));
  });
  requireWithin(field, x, data);
  const suited = { ...points, x };
  const units = Array.from({ length: points.features }, (_, j) => [
    unitAt(description, j),
    unitAt(data.description, j),
  ]);
  if (units.every(([theirs, own]) => theirs.offset === own.offset && theirs.scale === own.scale)) {
    return { points: suited };
  }
  const rounding = Float64Array.from(x, (value, i) => {
    const [theirs, own] = units[i % points.features];
    // Half a unit in the last place of float32 for each of three roundings: theirs, the study's, and that of the conversion; and the
    // operations in float64 between them, at the size of the offsets.
    const narrow = 2 ** -24 * ((Math.abs(points.x[i]) * theirs.scale) / own.scale + 2 * Math.abs(value));
    const wide = (2 ** -51 * (Math.abs(theirs.offset) + Math.abs(own.offset))) / own.scale;
    return (narrow + wide) * (1 + 2 ** -20);
  });
  return { points: suited, rounding };
}

function requireSameNames(field: string, what: string, given: readonly string[], own: readonly string[]): void {
  if (
    given.length === 0 ||
    own.length === 0 ||
    (given.length === own.length && given.every((name, j) => name === own[j]))
  )
    return;
  const list = (names: readonly string[]) => names.map((name) => quoted(name)).join(', ');
  refuse(
    field,
    `its ${what} are ${list(given)}; right would be those of the study's data, in that order: ${list(own)}`,
  );
}

function requireFeatures(field: string, features: number, data: SuitedData): void {
  if (features === data.features) return;
  refuse(field, `has ${features} features, and the study's data ${data.features}; right would be the same`);
}

/** Throws ValidationError for a value outside the limits of its feature. */
function requireWithin(field: string, x: Float32Array, data: SuitedData): void {
  const { lower, upper, featureNames } = decodeDataDescription(data.description, data, field);
  for (let i = 0; i < x.length; i++) {
    const j = i % data.features;
    if (!(x[i] < lower[j] || x[i] > upper[j])) continue;
    const where = `row ${Math.floor(i / data.features)}, feature ${featureNames[j] ?? j}`;
    refuse(field, `${where} is ${x[i]}; right would be ${lower[j]} to ${upper[j]}, the limits of the study's data`);
  }
}

function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}
