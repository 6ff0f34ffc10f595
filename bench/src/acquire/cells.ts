import type { Task } from '@qloom/datasets/tasks/task.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';

/** A task whose labels are bought until a QNN has an accuracy. */
export interface AcquireCell {
  /** Name on the command line. */
  readonly name: string;
  readonly task: Task;
  /** Balanced test accuracy to reach. */
  readonly target: number;
  /** Most labels of a campaign. */
  readonly budget: number;
  /** Whether rows are repeated so that classes weigh the same in training. Default false, as in studies. */
  readonly isBalanced?: boolean;
}

const annni = (shots: number | null) => createNamedTask('annni', { spins: 8, shots });

/** Those without `--full` are the claim; the others say where else it holds and where it does not. */
export const CELLS: readonly AcquireCell[] = [{ name: 'annni-64', task: annni(64), target: 0.95, budget: 300 }];

/** Targets between what 40 random labels reach and what the task allows, chosen on seeds below 1000. */
export const OTHER_CELLS: readonly AcquireCell[] = [
  { name: 'annni-64-balanced', task: annni(64), target: 0.95, budget: 300, isBalanced: true },
  { name: 'annni-exact', task: annni(null), target: 0.95, budget: 300 },
  { name: 'annni-16', task: annni(16), target: 0.92, budget: 300 },
  { name: 'hidden-manifold', task: createNamedTask('hidden-manifold'), target: 0.75, budget: 200 },
  { name: 'two-curves', task: createNamedTask('two-curves'), target: 0.7, budget: 200 },
];
