import { type DataSource, IdenticalRows } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { identicalRowBlocks } from '@qloom/datasets/split/identical-rows.ts';
import { defaultTestSize, repeatedSampleSteps, repeatedSplitSteps } from '@qloom/datasets/split/repeated-splits.ts';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import type { Dataset } from './datasets.ts';
import { loadTestPoints } from './given-sources.ts';

/** A data set, divided into labels and test points for the study itself and each of its replicates. */
interface DividedFile {
  readonly sizes: { readonly labels: number; readonly test: number };
  readonly warnings: readonly string[];
  /** All rows that may be labels or test points. */
  readonly known: Points;
  /** Labels and test points: 0 is the study's own, the comparison is on the others. */
  at(index: number): { readonly labels: Points; readonly test: Points };
}

type File = Pick<Dataset, 'points' | 'description'>;

/** How often a file is divided, and by which seed. */
interface Divisions {
  readonly draws: number;
  readonly seed: number;
}

/**
 * Divides a file: into labels and test points, or into samples of labels where the study has test points of their own. Throws
 * ValidationError and DatasetError naming the setting, and the signal's reason once it has aborted.
 */
export function divideFile(
  data: DataSource,
  file: File,
  divisions: Divisions,
  store: ArtifactStore,
  signal?: AbortSignal,
): Promise<DividedFile> {
  return data.testDataset === undefined
    ? splitFile(data, file, divisions, signal)
    : sampleFile(data, file, divisions, store, signal);
}

async function splitFile(
  data: DataSource,
  { points, description }: File,
  { draws, seed }: Divisions,
  signal?: AbortSignal,
): Promise<DividedFile> {
  const test = data.testSize || defaultTestSize(points);
  const labels = data.labelBudget || points.count - test;
  const steps = repeatedSplitSteps(blocked(data, points, description), { repeats: draws + 1, labels, test, seed });
  const splits = await runInTurns(steps, { signal });
  return {
    sizes: { labels, test },
    warnings: [],
    known: points,
    at: (index) => ({
      labels: selectRows(points, splits[index].labels),
      test: selectRows(points, splits[index].test),
    }),
  };
}

async function sampleFile(
  data: DataSource,
  { points, description }: File,
  { draws, seed }: Divisions,
  store: ArtifactStore,
  signal?: AbortSignal,
): Promise<DividedFile> {
  if (data.testDataset === undefined) throw new Error('the study has no test points of their own');
  const suited = { description, features: points.features, classes: points.classes };
  const test = await loadTestPoints(store, data.testDataset, suited, { points, independent: areIndependent(data) });
  const labels = data.labelBudget || points.count;
  const steps = repeatedSampleSteps(blocked(data, points, description), { repeats: draws + 1, labels, seed });
  const samples = await runInTurns(steps, { signal });
  return {
    sizes: { labels, test: test.points.count },
    warnings: test.warnings,
    known: concatenateRows([points, test.points]),
    at: (index) => ({ labels: selectRows(points, samples[index]), test: test.points }),
  };
}

/** Whether rows with equal features are independent: in a file if it says so; a task draws independent points. */
export const areIndependent = ({ identicalRows }: DataSource): boolean => identicalRows !== IdenticalRows.TOGETHER;

/** The points with what a stratified sample needs of them. */
function blocked(data: DataSource, points: Points, { classNames }: File['description']) {
  const block = areIndependent(data) ? undefined : identicalRowBlocks(points);
  return { ...points, block, classNames };
}
