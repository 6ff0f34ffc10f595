import type { DataSource } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createSplitManifest, type SplitManifest } from '@qloom/datasets/split/split-manifest.ts';
import type { Task } from '@qloom/datasets/tasks/task.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { DataNeed } from '@qloom/study/synthesis/offered-method.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import { type DataSources, type OpenedSources, openSources } from './data-sources.ts';
import { loadDataset } from './datasets.ts';
import { areIndependent, divideFile } from './divide-file.ts';
import { jsonObject } from './json-object.ts';
import { recentReplicates } from './recent-replicates.ts';
import { requireUsable } from './usable-data.ts';

/** One draw of the data: all labels, the test points, and new true samples if the source can draw them. */
export interface Replicate {
  readonly labels: Points;
  readonly test: Points;
  readonly oracle: ((classCounts: readonly number[]) => Promise<Points>) | null;
  /** Points beyond the labels that generators may use. */
  readonly sources: DataSources;
}

/** An opened source of a study's data. */
export interface StudyData {
  readonly description: DataDescription;
  /** Warnings about the data, human-readable. */
  readonly warnings: readonly string[];
  /** Features and classes of its points. */
  readonly shape: { readonly features: number; readonly classes: number };
  /**
   * Requested labels and test points of each replicate; there may be fewer, because sets of identical rows are not
   * divided.
   */
  readonly sizes: { readonly labels: number; readonly test: number } & OpenedSources['sizes'];
  /** What the data offers to methods of synthesis besides labelled points. */
  readonly meets: ReadonlySet<DataNeed>;
  /** True for a task: every replicate is a new draw. False for a fixed file, whose replicates are repeated splits. */
  readonly isFresh: boolean;
  /** Whether all replicates have the same test points: those of a task, or of a file of their own. */
  readonly sharesTest: boolean;
  /** The study's own labels and test points, on which it searches. Rejects with the signal's reason once it has aborted. */
  own(signal?: AbortSignal): Promise<Replicate>;
  /** The sources of the study's own labels. */
  readonly ownSources: DataSources;
  /** Replicate `index` of the final evaluation. */
  replicate(index: number): Promise<Replicate>;
}

/**
 * If a quarter held out has fewer outer points than this, U could not be distinguished from 0, and all labels are
 * folded again.
 */
const LEAST_HOLDOUT = 50;

/**
 * Opens the data of a study. Throws ValidationError that names the setting, row or column at fault, and the signal's reason
 * once it has aborted.
 */
export async function openStudyData(
  settings: CompleteSettings,
  seeds: StudySeeds,
  store: ArtifactStore,
  signal?: AbortSignal,
): Promise<StudyData> {
  const { data, evaluation } = settings;
  const opened = await asValidation('settings.data', async () =>
    data.source?.$case === 'dataset'
      ? openFile(data, data.source.value, evaluation.draws, seeds, store, signal)
      : openTask(data, seeds, store),
  );
  return { ...opened, replicate: recentReplicates(opened.replicate) };
}

/**
 * The division of the study's own labels into reward folds and outer folds; `settings` has its label budget. Throws
 * ValidationError.
 */
export function splitLabels(
  labels: Points,
  settings: CompleteSettings,
  seeds: StudySeeds,
  { classNames }: Pick<DataDescription, 'classNames'>,
): Promise<SplitManifest> {
  return asValidation('settings', async () =>
    createSplitManifest(labels, {
      seed: seeds.data,
      rewardFolds: settings.folds,
      identicalTogether: !areIndependent(settings.data),
      classNames,
      outer: isRefolded(settings.data.labelBudget)
        ? { kind: 'refold', folds: settings.folds }
        : { kind: 'holdout', fraction: 0.25 },
    }),
  );
}

/** Number of outer folds of a study. */
export function outerFoldCount({ data, folds }: CompleteSettings): number {
  return isRefolded(data.labelBudget) ? folds : 1;
}

function isRefolded(labels: number): boolean {
  return labels / 4 < LEAST_HOLDOUT;
}

async function openTask(data: DataSource, seeds: StudySeeds, store: ArtifactStore): Promise<StudyData> {
  const task = taskOf(data);
  const count = data.labelBudget;
  const description = describeTask(task);
  const shape = { features: description.featureNames.length, classes: description.classNames.length };
  const sources = await openSources(data, store, { description, ...shape }, { task });
  /** The same in all replicates; drawn again if its draw was stopped. */
  let test: Promise<Points> | undefined;
  const drawTest = (signal?: AbortSignal): Promise<Points> => {
    const drawn = test ?? task.drawAsync({ count: data.testSize, seed: seeds.data, purpose: 'test' }, { signal });
    test = drawn;
    drawn.catch(() => {
      if (test === drawn) test = undefined;
    });
    return drawn;
  };
  const drawWith = async (seed: number, signal?: AbortSignal): Promise<Replicate> => {
    return {
      test: await drawTest(signal),
      labels: await task.drawAsync({ count, seed }, { signal }),
      sources: sources.of(seed, signal),
      oracle: (classCounts) => {
        const total = classCounts.reduce((sum, n) => sum + n, 0);
        return task.drawAsync({ count: total, seed, purpose: 'oracle', classCounts });
      },
    };
  };
  return {
    description,
    warnings: sources.warnings,
    shape,
    sizes: { labels: count, test: data.testSize, ...sources.sizes },
    meets: needsMet(description, sources),
    isFresh: true,
    sharesTest: true,
    ownSources: sources.of(seeds.data),
    own: (signal) => drawWith(seeds.data, signal),
    replicate: (index) => drawWith(seeds.job(`draw-${index}`, 'draw')),
  };
}

function taskOf({ source }: DataSource): Task {
  if (source?.$case !== 'task') throw new DatasetError('source', 'source: is no task');
  const { name, settingsJson } = source.value;
  return createNamedTask(name, jsonObject(settingsJson, 'task.settings_json'));
}

function describeTask({ descriptor }: Task): DataDescription {
  const { physical, expectations } = descriptor;
  const isBounded = physical.every(({ low, high }) => low !== null && high !== null);
  return {
    featureNames: [...descriptor.featureNames],
    classNames: [...descriptor.classNames],
    lowerBounds: isBounded ? physical.map(({ low }) => low ?? 0) : [],
    upperBounds: isBounded ? physical.map(({ high }) => high ?? 0) : [],
    shots: expectations?.shots ?? 0,
    pauliExpectations: expectations !== null,
    featureOffsets: [],
    featureScales: [],
    warnings: [],
  };
}

async function openFile(
  data: DataSource,
  ref: ArtifactRef,
  draws: number,
  seeds: StudySeeds,
  store: ArtifactStore,
  signal?: AbortSignal,
): Promise<StudyData> {
  const { points, description, warnings } = await loadDataset(store, ref);
  const shape = { features: points.features, classes: points.classes };
  requireUsable(points, description);
  const divided = await divideFile(data, { points, description }, { draws, seed: seeds.data }, store, signal);
  const known = { points: divided.known, independent: areIndependent(data) };
  const sources = await openSources(data, store, { description, ...shape }, { known });
  // Files are the same for every split.
  const ownSources = sources.of(seeds.data);
  const at = async (index: number): Promise<Replicate> => ({ ...divided.at(index), oracle: null, sources: ownSources });
  return {
    description,
    warnings: [...warnings, ...divided.warnings, ...sources.warnings],
    shape,
    sizes: { ...divided.sizes, ...sources.sizes },
    meets: needsMet(description, sources),
    isFresh: false,
    sharesTest: data.testDataset !== undefined,
    ownSources,
    own: () => at(0),
    replicate: (index) => at(index + 1),
  };
}

function needsMet({ shots }: DataDescription, { meets }: OpenedSources): ReadonlySet<DataNeed> {
  return new Set<DataNeed>(shots >= 1 ? ['shots', ...meets] : meets);
}

/** Reports errors of data sets as a wrong field of the request. */
async function asValidation<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const named = error.message.startsWith(`${error.field}: `)
      ? error.message.slice(error.field.length + 2)
      : error.message;
    throw new ValidationError([{ field: error.field === '' ? field : `${field}.${error.field}`, description: named }]);
  }
}
