import type { Task } from '@qloom/datasets/tasks/task.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** A task and a number of labels. */
export interface Cell {
  /** Name on the command line, such as `annni-18`. */
  readonly name: string;
  readonly task: Task;
  /** N. */
  readonly labels: number;
}

/** Draws have the seeds from here on; draws that confirm a result have those from 2000 on. */
const FIRST_SEED = 1000;
/** Points of the test set that all draws of a cell share. */
const TEST_POINTS = 1000;

const ANNNI = { spins: 8, shots: 16, observables: ['Z3', 'X3X4', 'X3X5', 'Z0'] };

const cell = (name: string, task: string, labels: number, settings: Readonly<Record<string, unknown>>): Cell => ({
  name: `${name}-${labels}`,
  labels,
  task: createNamedTask(task, settings),
});

/** A cell of the hidden manifold in ten dimensions, of another dimension than the task's default where `manifold` is given. */
export const hiddenManifold = (world: number, labels: number, settings: { readonly manifold?: number } = {}): Cell => {
  const name = settings.manifold === undefined ? 'hidden-manifold' : `hidden-manifold-of-${settings.manifold}`;
  return cell(`${name}-${world}`, 'hidden-manifold', labels, { world, ...settings });
};

/** A cell of the phases of eight spins, four observables from 16 shots each. */
export const annni = (labels: number): Cell => cell('annni', 'annni', labels, ANNNI);

/** A cell of the two curves in ten dimensions. */
export const twoCurves = (world: number, labels: number): Cell =>
  cell(`two-curves-${world}`, 'two-curves', labels, { world });

/** The labels of draw `i`. */
export const labelsOf = ({ task, labels }: Cell, i: number): Points =>
  task.draw({ count: labels, seed: FIRST_SEED + i });

/** The test set of a cell. */
export const testOf = ({ task }: Cell): Points => task.draw({ count: TEST_POINTS, seed: 'benchmark', purpose: 'test' });
