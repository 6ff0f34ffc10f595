import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { annniRelative } from '../annni/annni-relative.ts';
import { ANNNI_SETTINGS, createAnnniTask } from '../annni/annni-task.ts';
import { createHiddenManifoldTask, HIDDEN_MANIFOLD_SETTINGS } from './hidden-manifold.ts';
import type { SettingSpecs } from './settings.ts';
import type { Task } from './task.ts';
import { createTwoCurvesTask, TWO_CURVES_SETTINGS } from './two-curves.ts';

/** A task that can be made by name. */
export interface TaskKind {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Its settings: range and default of each. */
  readonly settings: SettingSpecs;
  create(settings?: Readonly<Record<string, unknown>>): Task;
  /** Cheaper relatives, from which points of a source domain can be drawn; absent if there are none. */
  readonly relative?: {
    /** Which settings make it cheaper, for people. */
    readonly summary: string;
    /** All settings of the relative: those given, completed by the task's own. Throws DatasetError. */
    settings(
      own: Readonly<Record<string, unknown>>,
      given: Readonly<Record<string, unknown>>,
    ): Readonly<Record<string, unknown>>;
  };
}

const KINDS: readonly TaskKind[] = [
  {
    name: 'annni',
    summary: 'Phases of the ANNNI spin chain from Pauli expectations of its ground state, three classes',
    settings: ANNNI_SETTINGS,
    create: createAnnniTask,
    relative: { summary: 'fewer spins, such as {spins: 4}', settings: annniRelative },
  },
  {
    name: 'hidden-manifold',
    summary: 'Points of a low-dimensional manifold in many features, labelled by a network, two classes',
    settings: HIDDEN_MANIFOLD_SETTINGS,
    create: createHiddenManifoldTask,
  },
  {
    name: 'two-curves',
    summary: 'Two winding curves side by side in many features, two classes',
    settings: TWO_CURVES_SETTINGS,
    create: createTwoCurvesTask,
  },
];

/** All built-in tasks, in the order in which they are listed. */
export function listTaskKinds(): readonly TaskKind[] {
  return KINDS;
}

/**
 * The task `name` with `settings`. Throws DatasetError: with field `task`, listing the names, when there is none of that
 * name; otherwise naming the setting and what is allowed.
 */
export function createNamedTask(name: string, settings: Readonly<Record<string, unknown>> = {}): Task {
  return kindNamed(name).create(settings);
}

/**
 * The cheaper relative of `task` with the settings `given`, which are completed by the task's own. Its points have as many
 * features and the same classes. Throws DatasetError if the task has no relatives, and for settings that it does not take.
 */
export function createRelativeTask({ descriptor }: Task, given: Readonly<Record<string, unknown>>): Task {
  const { name, settings: own, featureNames } = descriptor;
  const { relative, create } = kindNamed(name);
  if (relative === undefined) {
    const others = KINDS.filter((kind) => kind.relative !== undefined).map((kind) => kind.name);
    throw new DatasetError(
      'task',
      `task: ${name} has no cheaper relative; give points from elsewhere as a CSV (tasks with one: ${others.join(', ')})`,
    );
  }
  const made = create(relative.settings(own, given));
  const features = made.descriptor.featureNames.length;
  if (features !== featureNames.length) {
    throw new DatasetError(
      'features',
      `features: the relative has ${features}, the task ${featureNames.length}; give as many, in the same order`,
    );
  }
  return made;
}

function kindNamed(name: string): TaskKind {
  const kind = KINDS.find((candidate) => candidate.name === name);
  if (kind) return kind;
  const names = KINDS.map((candidate) => candidate.name).join(', ');
  throw new DatasetError('task', `task: ${quoted(name, "'")} is no task; there are ${names}`);
}
