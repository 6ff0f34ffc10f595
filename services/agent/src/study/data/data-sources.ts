import type { DataSource } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { Task } from '@qloom/datasets/tasks/task.ts';
import { createRelativeTask } from '@qloom/datasets/tasks/task-table.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points, UnlabelledPoints } from '@qloom/study/points/points.ts';
import type { DataNeed } from '@qloom/study/synthesis/offered-method.ts';
import { type KnownRows, loadSourcePoints, loadUnlabelledPoints, type SuitedData } from './given-sources.ts';
import { jsonObject } from './json-object.ts';

/** Points beyond the labels that generators may use; each absent if the study has none. */
export interface DataSources {
  /** Points without labels, never test points. */
  readonly unlabelled?: () => Promise<UnlabelledPoints>;
  /** Labelled points of a cheaper relative of the data. */
  readonly source?: () => Promise<Points>;
}

/** The sources of a study. */
export interface OpenedSources {
  /** What they offer to methods of synthesis. */
  readonly meets: readonly DataNeed[];
  /** Warnings about them, human-readable. */
  readonly warnings: readonly string[];
  /** Number of points of each; 0: none. */
  readonly sizes: { readonly unlabelled: number; readonly source: number };
  /**
   * The sources of a draw of the data: of a task new points for every seed, of a data set the same for each. Nothing is drawn
   * before it is asked for. Drawing rejects with the reason of the signal once it has aborted.
   */
  of(seed: number, signal?: AbortSignal): DataSources;
}

/** One source: its size, and the points of a draw. */
interface Opened<P> {
  readonly size: number;
  of(seed: number, signal?: AbortSignal): Promise<P>;
}

/**
 * Opens the sources of a study on `data`; `task` and `known` (all rows of its data set and its test points) say what it draws its labels and
 * test points from. Throws ValidationError and DatasetError naming the setting.
 */
export async function openSources(
  { unlabelled, simulator }: DataSource,
  store: ArtifactStore,
  data: SuitedData,
  from: { readonly task: Task } | { readonly known: KnownRows },
): Promise<OpenedSources> {
  const warnings: string[] = [];
  const known = 'known' in from ? from.known : null;
  const pool = unlabelled?.source && (await openUnlabelled(unlabelled.source));
  const source = simulator?.source && (await openSimulator(simulator.source));
  return {
    meets: [...(pool ? (['unlabelled'] as const) : []), ...(source ? (['source'] as const) : [])],
    warnings,
    sizes: { unlabelled: pool?.size ?? 0, source: source?.size ?? 0 },
    of: (seed, signal) => ({
      ...(pool ? { unlabelled: once(() => pool.of(seed, signal)) } : {}),
      ...(source ? { source: once(() => source.of(seed, signal)) } : {}),
    }),
  };

  async function openUnlabelled(
    given: NonNullable<NonNullable<DataSource['unlabelled']>['source']>,
  ): Promise<Opened<UnlabelledPoints>> {
    if (given.$case === 'count') {
      const task = taskOf('unlabelled');
      const count = given.value;
      return {
        size: count,
        of: async (seed, signal) => {
          const {
            y: _,
            classes: __,
            ...points
          } = await task.drawAsync({ count, seed, purpose: 'unlabelled' }, { signal });
          return points;
        },
      };
    }
    const { points, dropped } = await loadUnlabelledPoints(store, given.value, data, known?.points ?? null);
    if (dropped > 0) {
      warnings.push(
        `${dropped} of the ${points.count + dropped} unlabelled rows are also rows of the data set, where any row may be a test ` +
          'point; they are left out.',
      );
    }
    return { size: points.count, of: async () => points };
  }

  async function openSimulator(
    given: NonNullable<NonNullable<DataSource['simulator']>['source']>,
  ): Promise<Opened<Points>> {
    if (given.$case === 'dataset') {
      const { points, warnings: said } = await loadSourcePoints(store, given.value, data, known);
      warnings.push(...said);
      return { size: points.count, of: async () => points };
    }
    const { settingsJson, points: count } = given.value;
    const relative = asSimulator(() =>
      createRelativeTask(taskOf('simulator'), jsonObject(settingsJson, 'settings_json')),
    );
    return { size: count, of: (seed, signal) => relative.drawAsync({ count, seed, purpose: 'source' }, { signal }) };
  }

  function taskOf(field: string): Task {
    if ('task' in from) return from.task;
    throw new DatasetError(field, `${field}: a data set draws no points; right would be a data set of such points`);
  }
}

/** Names the settings of the relative in errors. */
function asSimulator<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const reason = error.message.startsWith(`${error.field}: `)
      ? error.message.slice(error.field.length + 2)
      : error.message;
    const field = `simulator.${error.field}`;
    throw new DatasetError(field, `${field}: ${reason}`);
  }
}

/** The same promise for every call. */
function once<T>(draw: () => Promise<T>): () => Promise<T> {
  let drawn: Promise<T> | undefined;
  return () => (drawn ??= draw());
}
