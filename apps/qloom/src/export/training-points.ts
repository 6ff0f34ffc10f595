import { existsSync, readFileSync } from 'node:fs';
import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { decodeText } from '@qloom/datasets/csv/reading/decode-text.ts';
import { toFeatureUnits } from '@qloom/datasets/preprocessing/feature-units.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { CommandError, UsageError } from '../command/errors.ts';
import { readLabelledRows } from '../data/labelled-rows.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';

/** The points that a QNN of a study is trained on, in the units of the study's points. */
export interface TrainingPoints {
  /** Real points; features are scaled by these alone. */
  readonly real: Points;
  /** Synthetic points that the study added; null if left out or if none were kept. */
  readonly synthetic: Points | null;
}

/** Options of {@link readTrainingPoints}. */
export interface PointSources {
  readonly folder: RunFolder;
  readonly result: StudyResult;
  /** Real points instead of those that the study kept: a CSV with its features by name, the class last. */
  readonly csv?: string;
  /** Leaves out the synthetic points. */
  readonly realOnly?: boolean;
}

/**
 * Reads the points of a finished study. Throws CommandError where it kept none and none are given, UsageError where a
 * value is no number or a class is none of the study's.
 */
export function readTrainingPoints({ folder, result, csv, realOnly }: PointSources): TrainingPoints {
  const path = csv ?? folder.trainingCsv;
  if (!existsSync(path)) {
    if (csv !== undefined) throw new UsageError(`${csv}: no such file`);
    throw new CommandError(`${folder.path} has no training.csv; give the real points with --data <csv>`);
  }
  const real = csv === undefined ? readPoints(path, result) : readGivenCsv(csv, result);
  const withSynthetic = realOnly !== true && existsSync(folder.syntheticCsv);
  return { real, synthetic: withSynthetic ? readPoints(folder.syntheticCsv, result) : null };
}

/** A CSV of the user, with the study's features by name in any order and the class last. */
export function readGivenCsv(path: string, { data }: StudyResult): Points {
  const { featureNames, classNames, ...units } = data ?? DataDescription.fromPartial({});
  try {
    const { text } = decodeText(readFileSync(path));
    const { points, featureNames: found } = readCsv(text, { features: featureNames, classNames });
    const { features, x } = points;
    const column = featureNames.map((name) => found.indexOf(name));
    const inOrder = Float64Array.from(x, (_, i) => x[i - (i % features) + column[i % features]]);
    return toFeatureUnits({ ...points, x: inOrder }, units);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const line = error.line === undefined ? '' : `:${error.line}`;
    throw new UsageError(`${path}${line}: ${error.message}`, { cause: error });
  }
}

function readPoints(path: string, { data }: StudyResult): Points {
  const { featureNames, classNames, ...units } = data ?? DataDescription.fromPartial({});
  const { x, classes } = readLabelledRows(readFileSync(path, 'utf8'), featureNames);
  if (x.length === 0) throw new UsageError(`${path}: has no rows; at least one of two classes is right`);
  x.forEach((row, i) => {
    const at = row.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new UsageError(`${path}: row ${i + 1}: ${featureNames[at]} is no number`);
  });
  const y = Int32Array.from(classes, (name, i) => {
    const label = classNames.indexOf(name);
    if (label < 0) {
      throw new UsageError(`${path}: row ${i + 1}: class ${quoted(name)} is none of ${classNames.join(', ')}`);
    }
    return label;
  });
  const { length: count } = x;
  const features = featureNames.length;
  return toFeatureUnits({ count, features, classes: classNames.length, x: Float64Array.from(x.flat()), y }, units);
}
