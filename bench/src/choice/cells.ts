import type { Task } from '@qloom/datasets/tasks/task.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';

/** A task and a number of labels. */
export interface Cell {
  readonly name: string;
  readonly task: Task;
  readonly labels: number;
  /** Measurements per feature; 0 where features are no expectations. */
  readonly shots: number;
}

const ANNNI = { spins: 8, shots: 16, observables: ['Z3', 'X3X4', 'X3X5', 'Z0'] };

function cell(title: string, task: string, labels: number, settings: Readonly<Record<string, unknown>>): Cell {
  const shots = typeof settings['shots'] === 'number' ? settings['shots'] : 0;
  return { name: `${title} N=${labels}`, task: createNamedTask(task, settings), labels, shots };
}

const worlds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Every cell: tasks on which points of the prior help, on which they hurt, and on which nothing changes. */
export const CELLS: readonly Cell[] = [
  ...[20, 40].flatMap((n) =>
    worlds(5).map((world) => cell(`hidden manifold ${world}`, 'hidden-manifold', n, { world })),
  ),
  ...[80, 320].map((n) => cell('hidden manifold 1', 'hidden-manifold', n, { world: 1 })),
  ...[18, 40, 72, 200].map((n) => cell('annni', 'annni', n, ANNNI)),
  ...worlds(5).map((world) => cell(`two curves ${world}`, 'two-curves', 40, { world })),
  ...[18, 80, 320].map((n) => cell('two curves 1', 'two-curves', n, { world: 1 })),
];
