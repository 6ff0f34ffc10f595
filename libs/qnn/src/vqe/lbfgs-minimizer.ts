import { lbfgs } from '@qloom/metrics/minimization/lbfgs.ts';
import type { Iterate } from '@qloom/metrics/minimization/search.ts';
import type { Objective, OptimizerOptions } from './objective.ts';

/** Minimizes by limited-memory BFGS: `steps` steps, or fewer if the tolerance is reached or no step lowers the value. */
export async function minimizeLbfgs(
  objective: Objective,
  start: Float64Array,
  { steps, gradientTolerance, afterStep }: OptimizerOptions,
): Promise<Iterate> {
  const done: Iterate[] = [];
  const search = lbfgs(start, { steps, gradientTolerance, onStep: (iterate) => void done.push(iterate) });
  for (let asked = search.next(); ; ) {
    for (const iterate of done.splice(0)) await afterStep?.(iterate);
    if (asked.done) return asked.value;
    asked = search.next(await objective(asked.value));
  }
}
