import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
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
}

const KINDS: readonly TaskKind[] = [
  {
    name: 'annni',
    summary: 'Phases of the ANNNI spin chain from Pauli expectations of its ground state, three classes',
    settings: ANNNI_SETTINGS,
    create: createAnnniTask,
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
  const kind = KINDS.find((candidate) => candidate.name === name);
  if (!kind) {
    const names = KINDS.map((candidate) => candidate.name).join(', ');
    throw new DatasetError('task', `task: ${quoted(name, "'")} is no task; there are ${names}`);
  }
  return kind.create(settings);
}
