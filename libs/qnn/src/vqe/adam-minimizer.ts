import { type Iterate, largestComponent } from '@qloom/metrics/minimization/search.ts';
import { createAdam } from '../training/adam.ts';
import type { Objective, OptimizerOptions } from './objective.ts';

/** Minimizes by Adam: `steps` steps, or fewer if the tolerance is reached. */
export async function minimizeAdam(
  objective: Objective,
  start: Float64Array,
  { steps, gradientTolerance, afterStep, learningRate }: OptimizerOptions & { readonly learningRate: number },
): Promise<Iterate> {
  const adam = createAdam(start.length, learningRate);
  let now: Iterate = { ...(await objective(start)), point: start, step: 0 };
  while (now.step < steps && largestComponent(now.gradient) > gradientTolerance) {
    const point = now.point.slice();
    adam.step(point, now.gradient);
    now = { ...(await objective(point)), point, step: now.step + 1 };
    await afterStep?.(now);
  }
  return now;
}
