import type { DataSource } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { MAX_DRAWN } from '@qloom/datasets/tasks/create-task.ts';

/** Default number of points that a task's relative draws. */
const RELATIVE_POINTS = 1000;

/**
 * Fills in the defaults of the points beyond the labels; `refuse` gets each wrong field. Numbers of points belong to a task:
 * a data set draws none.
 */
export function completeSources(
  data: DataSource | undefined,
  refuse: (field: string, description: string) => void,
): Pick<DataSource, 'unlabelled' | 'simulator'> {
  const isTask = data?.source?.$case === 'task';
  const within = (field: string, value: number): number => {
    if (!isTask) refuse(field, 'a data set draws no points; right would be a reference to a data set of such points');
    else if (value < 1 || value > MAX_DRAWN) refuse(field, `${value} is not an integer in [1, ${MAX_DRAWN}]`);
    return value;
  };
  const { unlabelled, simulator } = data ?? {};
  const pool = unlabelled?.source;
  if (unlabelled && pool === undefined) refuse('data.unlabelled', 'is empty; right would be a count or a data set');
  if (pool?.$case === 'count') within('data.unlabelled.count', pool.value);
  let source = simulator?.source;
  if (simulator && source === undefined) refuse('data.simulator', 'is empty; right would be a relative or a data set');
  if (source?.$case === 'relative') {
    const points = within('data.simulator.relative.points', source.value.points || RELATIVE_POINTS);
    source = { $case: 'relative', value: { ...source.value, points } };
  }
  return {
    ...(unlabelled ? { unlabelled: { source: pool } } : {}),
    ...(simulator ? { simulator: { source } } : {}),
  };
}
